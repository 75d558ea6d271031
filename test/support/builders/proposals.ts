import type { MergeRequest, RepositoryState } from '../../../src/domain/forge.ts';
import { branchOf, writeMarker } from '../../../src/domain/identifiers.ts';
import type { Reference } from '../../../src/domain/reference.ts';
import type { Proposal } from '../../../src/domain/update.ts';

const aReference = (change: Partial<Reference> = {}): Reference => ({
  app: 'billing',
  file: 'manifests/billing.yaml',
  line: 17,
  package: { datasource: 'oci', name: 'registry.example.com/payments/billing' },
  version: '1.4.2',
  spots: [],
  ...change,
});

export function aProposal(change: Partial<Proposal> = {}): Proposal {
  const app = change.app ?? 'billing';
  return {
    environment: 'staging',
    app,
    branch: branchOf(app),
    title: 'billing 1.4.2 → 1.5.0',
    content: 'c150',
    updates: [{ reference: aReference(), to: { version: '1.5.0' }, type: 'minor', held: [] }],
    ...change,
  };
}

/** The merge request that carries a proposal, as we opened it. */
export function aMergeRequest(change: Partial<MergeRequest> = {}, proposal: Proposal = aProposal(), closed?: string): MergeRequest {
  const { app, environment, content, title } = proposal;
  return {
    id: 1,
    url: 'https://gitlab.example.com/platform/environments/staging/-/merge_requests/1',
    title,
    description: `text\n${writeMarker({ app, environment, content, title, ...(closed === undefined ? {} : { closed }) })}`,
    state: 'open',
    branch: proposal.branch,
    target: 'main',
    commit: 'b1',
    labels: ['lockkeeper'],
    createdAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
    conflicts: false,
    ...change,
  };
}

export const aRepository = (change: Partial<RepositoryState> = {}): RepositoryState => ({
  defaultBranch: 'main',
  commit: 'm1',
  branches: {},
  ...change,
});
