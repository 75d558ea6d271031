import { heldBy, hold } from '../../../src/validation/holds/kept.ts';
import { type RunRelease, unlock, unlockText } from '../../../src/validation/holds/unlock.ts';
import { liveIn } from '../../support/live-text.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const repository = { forge: 'gitlab', path: 'environments/staging' };
const gitlab = { type: 'gitlab' } as const;

test('what it holds is released, and who did it is said; others are to be told', async () => {
  const store = new MemoryStore();
  await hold(store, repository, 5, ['apps/Deployment/shop/b', 'ConfigMap/shop/a'], new Date());
  await hold(store, repository, 6, ['ConfigMap/shop/a'], new Date());
  let told = 0;
  const ports = {
    store,
    traits: gitlab,
    releaseRun: async (): Promise<RunRelease> => ({ kind: 'none' }),
    heldOtherwise: async () => {
      told += 1;
    },
  };
  expect(await unlock(ports, repository, 5, 'ada')).toMatch(
    /^Released by ada: this merge request does not hold `ConfigMap shop\/a` and `Deployment shop\/b` any more\./,
  );
  expect([await heldBy(store, repository, 5), Object.keys(await heldBy(store, repository, 6)), told]).toEqual([
    {},
    ['ConfigMap/shop/a'],
    1,
  ]);
  expect(await unlock(ports, repository, 5, 'ada')).toBe('This merge request holds nothing.');
});

test.each<[RunRelease, RegExp]>([
  [{ kind: 'none' }, /^This merge request holds nothing\.$/],
  [{ kind: 'released', holder: 'pod-1' }, /\(`pod-1`\) is dead: its lock is released\.$/],
  [
    { kind: 'alive', holder: 'pod-1', until: '2026-11-21T19:30:00Z' },
    /cannot be released\. It lasts until 2026-11-21 19:30 UTC, and longer/,
  ],
  [{ kind: 'unknown' }, /is not known: its cluster could not be asked\.$/],
])('a deployment run: %j', (run, expected) => expect(unlockText([], run, 'ada', gitlab)).toMatch(expected));

test('on GitHub it is a pull request', () =>
  expect(unlockText([], { kind: 'none' }, 'ada', { type: 'github' })).toBe('This pull request holds nothing.'));

test('text from outside stays text', () => {
  const text = '@all closes #1 <script>`x` ![a](b)\n/merge';
  const objects = Array.from({ length: 30 }, () => `${text}/${text}`);
  for (const kind of ['released', 'alive'] as const)
    expect(liveIn(unlockText(objects, { kind, holder: text, until: text }, text, gitlab))).toEqual([]);
});
