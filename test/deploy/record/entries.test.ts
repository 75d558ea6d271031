import { beginEntry, driftEntry, endEntry, pruneEntry, type RunAbout } from '../../../src/deploy/record/entries.ts';
import type { DeployReport } from '../../../src/domain/deployment.ts';
import type { ObjectId } from '../../../src/domain/finding.ts';

const object = (name: string): ObjectId => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name });
const request = (id: number) => ({
  id,
  title: `web 1.${id}.0 → 1.${id + 1}.0`,
  author: 'lockkeeper',
  url: `https://gitlab.example.com/env/-/merge_requests/${id}`,
  commits: [],
  by: 'ada',
});
const commit = '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7';
const about: RunAbout = {
  environment: 'staging',
  repository: 'gitlab:env',
  cluster: 'shared',
  commit,
  work: { requests: [request(1)], compareUrl: 'https://gitlab.example.com/compare' },
};
const run = '20261121120000';
const facts = { run, repository: 'gitlab:env', cluster: 'shared', commit, mergeRequests: '1' };
const report = (more: Partial<DeployReport>): DeployReport => ({
  environment: 'staging',
  run,
  outcome: 'succeeded',
  commit,
  created: [object('a')],
  changed: [],
  unchanged: 3,
  pruned: [],
  kept: [],
  failures: [],
  notes: [],
  seconds: 1,
  ...more,
});

test('before the first write: what, why and by whom', () => {
  expect(beginEntry(about, run, { created: 1, changed: 2 })).toEqual({
    kind: 'deployment-run',
    actor: 'lockkeeper',
    environment: 'staging',
    what: 'deploy 82b3d5ae55f7 to shared: 1 object to create, 2 to change',
    why: 'merge request 1 (web 1.1.0 → 1.2.0) of lockkeeper, merged by ada',
    links: ['https://gitlab.example.com/env/-/merge_requests/1', 'https://gitlab.example.com/compare'],
    facts: { ...facts, phase: 'begin', create: 1, change: 2 },
  });
});

test.each<[string, Partial<RunAbout>, string]>([
  ['the first', { work: undefined }, 'nothing is known of an earlier run'],
  ['without a merge request', { work: { requests: [] } }, 'the default branch moved, by no merge request'],
  ['where it could not be found out', { work: { requests: [], note: 'What was merged is not known.' } }, 'What was merged is not known.'],
  ['for another reason', { because: 'what was changed by hand is set back' }, 'what was changed by hand is set back'],
])('why: %s', (_, more, why) => {
  expect(beginEntry({ ...about, ...more }, run, { created: 0, changed: 0 }).why).toBe(why);
});

test('many merge requests are bounded, and all of their numbers are there', () => {
  const entry = beginEntry({ ...about, work: { requests: [1, 2, 3, 4, 5, 6, 7].map(request) } }, run, { created: 0, changed: 0 });
  expect(entry.why).toMatch(/merged by ada and 2 more$/);
  expect(entry.links).toHaveLength(5);
  expect(entry.facts['mergeRequests']).toBe('1, 2, 3, 4, 5, 6 and 7');
});

test('before anything is deleted: every object by name', () => {
  const entry = pruneEntry(about, run, ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(object));
  expect(entry).toMatchObject({
    kind: 'prune',
    what: expect.stringMatching(/^prune 7 objects from shared: apps\/Deployment\/shop\/a, .* and 2 more$/),
  });
  expect(entry.facts).toMatchObject({ ...facts, count: 7, objects: expect.stringContaining('apps/Deployment/shop/g') });
});

test.each<[Partial<DeployReport>, string]>([
  [{}, 'the deployment of 82b3d5ae55f7 to shared succeeded'],
  [
    { outcome: 'failed', failures: [{ object: object('a'), message: 'no image' }] },
    'the deployment of 82b3d5ae55f7 to shared failed: apps/Deployment/shop/a: no image',
  ],
  [
    { outcome: 'refused', failures: [{ message: 'a' }, { message: 'b' }] },
    'the deployment of 82b3d5ae55f7 to shared was refused: a and 1 more',
  ],
])('how it ended', (more, what) => {
  const entry = endEntry(about, report(more));
  expect(entry.what).toBe(what);
  expect(entry.facts).toMatchObject({ ...facts, phase: 'end', created: 1, changed: 0, unchanged: 3, pruned: 0 });
});

test('drift: what, whose hand, and that it is gone', () => {
  const found = driftEntry(about, [{ object: object('a'), kind: 'changed', summary: 'spec.replicas', by: ['kubectl-edit'] }], true);
  expect(found).toMatchObject({
    kind: 'drift',
    what: '1 object in shared not as 82b3d5ae55f7 says: apps/Deployment/shop/a (changed)',
    why: 'changed by kubectl-edit',
    facts: { count: 1, corrects: true },
  });
  expect(driftEntry(about, [], false)).toMatchObject({ what: 'shared is as 82b3d5ae55f7 says again', facts: { count: 0 } });
});
