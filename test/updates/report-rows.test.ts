import { proposalReport } from '../../src/updates/report-rows.ts';
import { aMergeRequest, aProposal } from '../support/builders/proposals.ts';

const request = aMergeRequest({}, aProposal({ title: 'billing 1.4.2 → 1.9.0', content: 'c190' }));

test('what a merge request keeps is told, not what an incomplete list would lead to', () => {
  const action = { kind: 'keep', proposal: aProposal(), request, reason: 'a look-up was incomplete' } as const;
  expect(proposalReport('staging', { app: 'billing', looked: [], action, url: request.url })).toEqual({
    environment: 'staging',
    app: 'billing',
    branch: 'lockkeeper/billing',
    title: 'billing 1.4.2 → 1.9.0',
    action: 'keep',
    url: request.url,
    reason: 'a look-up was incomplete',
    updates: [],
  });
});

test('with nothing new it is the proposal', () => {
  const action = { kind: 'keep', proposal: aProposal(), request: aMergeRequest() } as const;
  expect(proposalReport('staging', { app: 'billing', looked: [], action })).toMatchObject({
    title: 'billing 1.4.2 → 1.5.0',
    updates: [{ to: '1.5.0' }],
  });
});
