import type { MergeRequest } from '../../../src/domain/forge.ts';
import { rollbackBranchOf, writeMarker } from '../../../src/domain/identifiers.ts';
import { decide } from '../../../src/updates/policy.ts';
import { appOfRequest, appsByBranch } from '../../../src/updates/reconcile.ts';
import { rolledBack } from '../../../src/updates/rollback/held.ts';
import { aMergeRequest } from '../../support/builders/proposals.ts';

const left = { app: 'billing', package: 'oci registry.example.com/payments/billing', version: '1.6.0' };
const request = (change: Partial<MergeRequest> = {}): MergeRequest =>
  aMergeRequest({
    branch: rollbackBranchOf('billing'),
    description: writeMarker({
      app: 'billing',
      environment: 'staging',
      content: 'c',
      title: 'Roll back billing 1.6.0 → 1.4.2',
      rollback: { left: [left], by: 'ada', why: '' },
    }),
    ...change,
  });
const held = { ...left, url: request().url, at: request().createdAt };

test.each<[string, MergeRequest, readonly unknown[]]>([
  ['one that is open', request(), [held]],
  ['one that was merged', request({ state: 'merged' }), [held]],
  ['one that was closed unmerged', request({ state: 'closed' }), []],
  ['one whose label was taken off', request({ labels: ['other'] }), []],
  ['one that has no label yet', request({ labels: [], unfinished: true }), [held]],
  ['a proposal', aMergeRequest(), []],
  ['one that a person wrote anew', request({ description: 'mine' }), []],
])('%s holds back what it left', (_, one, expected) => {
  expect(rolledBack([one])).toEqual(expected);
});

test('a rollback is no proposal of its app', () => {
  expect(appOfRequest(request(), appsByBranch(['billing']))).toBeUndefined();
  expect(appOfRequest(request({ branch: 'lockkeeper/billing' }), appsByBranch(['billing']))).toBeUndefined();
});

const rules = { types: ['major', 'minor', 'patch', 'digest'] as const };
const decided = (versions: readonly (string | [version: string, publishedAt: string])[], current = '1.4.2', all = [held]) =>
  decide({
    current: { version: current },
    list: {
      complete: true,
      releases: versions.map((one) => (typeof one === 'string' ? { version: one } : { version: one[0], publishedAt: one[1] })),
    },
    rules,
    rolledBack: all,
  });

test.each<[string, Parameters<typeof decided>, string | undefined]>([
  ['the version that was left', [['1.6.0']], undefined],
  ['what lies between', [['1.5.0', '1.6.0']], undefined],
  ['what lies between, published before', [[['1.5.0', '2026-11-01T00:00:00Z']]], undefined],
  ['what lies between, published since', [[['1.5.1', '2026-11-21T00:00:00Z'], '1.6.0']], '1.5.1'],
  ['the version that was left, published again', [[['1.6.0', '2026-11-21T00:00:00Z']]], undefined],
  ['something newer', [['1.6.0', '1.6.1']], '1.6.1'],
  ['where nothing was left', [['1.6.0'], '1.4.2', []], '1.6.0'],
  ['what is no version', [['1.6.0'], '1.4.2', [{ ...held, version: 'nightly' }]], '1.6.0'],
])('%s', (_, of, expected) => {
  const decision = decided(...of);
  expect(decision.kind === 'update' ? decision.to.version : undefined).toBe(expected);
});

test('says which merge request it was', () => {
  expect(decided(['1.6.0'])).toMatchObject({ held: [{ version: '1.6.0', reason: expect.stringContaining(`rolled back in ${held.url}`) }] });
});

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
test.each([
  [digest('b'), 'none'],
  [digest('c'), 'update'],
])('a tag that points to %s', (currentDigest, kind) => {
  const decision = decide({
    current: { version: '1.4', digest: digest('a') },
    currentDigest,
    list: { complete: true, releases: [{ version: '1.4' }] },
    rules,
    rolledBack: [{ ...held, version: '1.4', digest: digest('b') }],
  });
  expect(decision.kind).toBe(kind);
});
