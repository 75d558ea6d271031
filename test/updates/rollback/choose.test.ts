import { packageKey } from '../../../src/domain/reference.ts';
import type { RolledBack } from '../../../src/domain/rollback.ts';
import { choose } from '../../../src/updates/rollback/choose.ts';
import { chooseCommit } from '../../../src/updates/rollback/environment.ts';
import type { Standing } from '../../../src/updates/rollback/standing.ts';
import { updateOf } from '../../support/updates.ts';

const commitAt = (at: number) => ({
  sha: `${at}`.padStart(8, '0').repeat(5),
  message: `change ${at}\nmore`,
  author: 'Ada',
  date: `2026-11-${10 + at}T10:00:00.000Z`,
  url: '',
});

/** Newest first; each a version of billing, and of what runs beside it. */
async function* history(current: string, ...versions: readonly (string | undefined)[]): AsyncGenerator<Standing> {
  for (const [at, version] of versions.entries()) {
    const { reference } = updateOf({ from: current });
    const spot = { start: 0, end: 1, text: current, holds: 'version' } as const;
    yield await Promise.resolve({
      commit: commitAt(versions.length - at),
      stood: version === undefined ? [] : [{ reference: { ...reference, spots: [spot] }, to: { version } }],
    });
  }
}

const left = (version: string): RolledBack => ({
  app: 'billing',
  package: packageKey(updateOf().reference.package),
  version,
  url: 'https://x/1',
  at: '2026-11-20T00:00:00Z',
});

async function chosen(versions: readonly (string | undefined)[], to?: string, rolledBack: readonly RolledBack[] = [], current = '1.6.0') {
  const wanted = { environment: 'staging', app: 'billing', to, rolledBack };
  try {
    const { since, updates } = await choose(wanted, history(current, ...versions));
    return `${since.message.split('\n')[0]}: ${updates.map((one) => `${one.to.version} ${one.type}`).join(', ')}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test.each<[string, Parameters<typeof chosen>, string]>([
  ['the one before', [['1.6.0', '1.4.2', '1.4.0']], 'change 2: 1.4.2 minor'],
  ['the one before, over changes beside it', [['1.6.0', '1.6.0', undefined, '1.4.2']], 'change 1: 1.4.2 minor'],
  ['a named one', [['1.6.0', '1.4.2', '1.4.0'], '1.4.0'], 'change 1: 1.4.0 minor'],
  ['a named one that ran twice: as it stood last', [['1.6.0', '1.4.2', '1.5.0', '1.4.2'], '1.4.2'], 'change 3: 1.4.2 minor'],
  [
    'after a rollback: not what was left',
    [['1.4.2', '1.6.0', '1.4.2', '1.4.0'], undefined, [left('1.6.0')], '1.4.2'],
    'change 1: 1.4.0 patch',
  ],
  [
    'after a rollback over several: not what lies between',
    [['1.4.2', '1.6.0', '1.5.0', '1.4.2', '1.4.0'], undefined, [left('1.6.0')], '1.4.2'],
    'change 1: 1.4.0 patch',
  ],
  ['what was left, when it is named', [['1.4.2', '1.6.0', '1.4.2'], '1.6.0', [left('1.6.0')], '1.4.2'], 'change 2: 1.6.0 minor'],
  ['a tag that is no version', [['latest', 'stable'], undefined, [], 'latest'], 'change 1: stable major'],
  [
    'the current one',
    [['1.6.0', '1.4.2'], '1.6.0'],
    '--to 1.6.0: billing is at 1.6.0 in staging already; what ran there: 1.6.0 (from 2026-11-12T10:00:00Z)',
  ],
  [
    'one that never ran',
    [['1.6.0', '1.4.2'], '1.5.0'],
    '--to 1.5.0: billing did not run at 1.5.0 in staging; what ran there: 1.6.0 (from 2026-11-12T10:00:00Z), 1.4.2 (from 2026-11-11T10:00:00Z)',
  ],
  [
    'none at all',
    [['1.6.0', '1.6.0']],
    'billing: nothing ran in staging before what runs there now that it could go back to; what ran there: 1.6.0 (from 2026-11-11T10:00:00Z)',
  ],
  [
    'no history',
    [[]],
    'billing: nothing ran in staging before what runs there now that it could go back to; its history tells of no version',
  ],
])('%s', async (_, of, expected) => {
  expect(await chosen(...of)).toBe(expected);
});

const line = [3, 2, 1, 0].map(commitAt);
const shaOf = (at: number) => commitAt(at).sha;

test.each<[string, { to?: string; deployed?: readonly string[]; failed?: readonly string[] }, number | string | RegExp]>([
  ['the commit before', {}, 1],
  ['not one that was tried and did not go well', { failed: [shaOf(2)] }, 2],
  ['none where none is left', { failed: [shaOf(2), shaOf(1), shaOf(0)] }, -1],
  ['the last that was deployed well', { deployed: [shaOf(1), shaOf(0)] }, 2],
  ['not the one that stands there', { deployed: [shaOf(3), shaOf(0)] }, 3],
  ['one that was deployed well and is not on the branch any more', { deployed: ['f'.repeat(40)] }, 1],
  ['a named one', { to: shaOf(0) }, 3],
  ['a named one, in short', { to: shaOf(0).slice(0, 8) }, 3],
  ['the one that stands there', { to: shaOf(3) }, `--to ${shaOf(3)}: staging stands there already`],
  [
    'too short',
    { to: '0000' },
    /^--to 0000: no commit of staging's default branch; what stood there: 00000002 \(2026-11-12T10:00:00Z, change 2\), /,
  ],
  ['one of two that begin so', { to: '0000000' }, /^--to 0000000: /],
  ['no commit', { to: '--all' }, /^--to --all: no commit/],
])('of an environment: %s', (_, { to, deployed = [], failed = [] }, expected) => {
  const at = () => chooseCommit(line, { environment: 'staging', deployed, failed, ...(to !== undefined && { to }) });
  if (typeof expected === 'number') expect(at()).toBe(expected);
  else expect(at).toThrow(expected);
});
