import { aliveBecause } from '../../../src/deploy/lock/former.ts';

const now = new Date('2026-11-21T19:00:00Z');
const lease = (repository: string | undefined, holderIdentity?: string, renewTime = '2026-11-21T18:59:50.000000Z') => ({
  metadata: { annotations: { 'lockkeeper.dev/run': '20261121185900', ...(repository && { 'lockkeeper.dev/repository': repository }) } },
  spec: { renewTime, leaseDurationSeconds: 30, ...(holderIdentity && { holderIdentity }) },
});
const here = 'gitlab:platform/staging';

test.each<[string, ReturnType<typeof lease>, string | undefined, string | undefined]>([
  ['deployed from here before', lease(here), here, undefined],
  ['deployed from elsewhere', lease('gitlab:platform/stage'), here, 'came from gitlab:platform/stage'],
  ['deployed by a folder', lease(undefined), here, undefined],
  ['a folder takes over', lease('gitlab:platform/stage'), undefined, undefined],
  ['held, from here', lease(here, 'runner-7'), here, 'deployed at this moment, by runner-7'],
  ['held by a folder’s run', lease(undefined, 'runner-7'), undefined, 'deployed at this moment, by runner-7'],
  ['held by one whose clock is ahead', lease(here, 'runner-7', '2026-11-21T19:01:00.000000Z'), here, 'by runner-7'],
  ['held by one who died', lease(here, 'runner-7', '2026-11-21T18:50:00.000000Z'), here, undefined],
  ['held, and nobody says since when', lease(here, 'runner-7', ''), here, undefined],
])('whether a former name lives: %s', (_, standing, repository, said) => {
  const refusals = aliveBecause('stage', standing, repository, now);
  expect(refusals.map(({ message }) => message)).toEqual(said === undefined ? [] : [expect.stringContaining(said)]);
  expect(refusals.map(({ outside }) => outside === true)).toEqual(refusals.map(({ message }) => message.includes('at this moment')));
});
