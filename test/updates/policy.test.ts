import { UsageError } from '../../src/domain/errors.ts';
import type { Release } from '../../src/domain/release.ts';
import type { DecisionInput } from '../../src/updates/decision.ts';
import { decide } from '../../src/updates/policy.ts';
import { settle } from '../../src/updates/settle.ts';
import { decideAmong, movesTo } from '../support/decisions.ts';

describe('why each higher version was not taken', () => {
  test('types, ignore, allow and pre-releases, highest first', () => {
    const tags = ['2.0.0', '1.7.0-rc.1', '1.6.0', '1.5.1', '1.5.0', '1.4.2', '1.4.3', '0.9.0', '3.0.0', '1.9.0'];
    const decision = decideAmong('1.4.2', tags, { types: ['minor', 'patch'], allow: '<1.9', ignore: ['1.6.0', '1.5.x'] });
    expect(decision).toEqual({
      kind: 'update',
      to: { version: '1.4.3' },
      type: 'patch',
      held: [
        { version: '3.0.0', reason: 'major update; this environment takes minor, patch' },
        { version: '2.0.0', reason: 'major update; this environment takes minor, patch' },
        { version: '1.9.0', reason: 'outside the allowed range "<1.9"' },
        { version: '1.7.0-rc.1', reason: 'pre-release; 1.4.2 is stable' },
        { version: '1.6.0', reason: 'ignored by "1.6.0"' },
        { version: '1.5.1', reason: 'ignored by "1.5.x"' },
        { version: '1.5.0', reason: 'ignored by "1.5.x"' },
      ],
    });
  });

  test('an older platform, another release, no types at all', () => {
    expect(decideAmong('1.2.3-alpine3.19', ['1.2.4-alpine3.18']).held).toEqual([
      { version: '1.2.4-alpine3.18', reason: 'built on alpine3.18; 1.2.3-alpine3.19 is built on alpine3.19' },
    ]);
    expect(decideAmong('2.0.0-rc1', ['2.1.0-rc1']).held).toEqual([
      { version: '2.1.0-rc1', reason: 'pre-release of another release; 2.0.0-rc1 moves to a newer one of 2.0.0 or to a final version' },
    ]);
    expect(decideAmong('1.0.0', ['1.0.1'], { types: [] }).held).toEqual([
      { version: '1.0.1', reason: 'patch update; this environment takes none' },
    ]);
  });

  test('what is not of the same make is not a higher version', () => {
    expect(decideAmong('1.2.3', ['1.3.0-alpine', '2024.01.15', 'app-2.0.0', '1.4', 'latest'])).toEqual({
      kind: 'none',
      reason: 'no version comparable with 1.2.3 is higher among the 5 that are known',
      held: [],
    });
  });

  test('what is none says the reason of the highest', () => {
    expect(decideAmong('1.2.3', ['1.2.4', '1.2.5'], { ignore: ['>=1.2.4'] })).toMatchObject({
      kind: 'none',
      reason: 'no higher version may be taken; 1.2.5: ignored by ">=1.2.4"',
    });
  });

  test('twenty per reason, the last one with how many more there are', () => {
    const majors = Array.from({ length: 500 }, (_, i) => `${i + 2}.0.0`);
    const candidates = Array.from({ length: 3 }, (_, i) => `1.0.1-rc${i}`);
    const { held } = decideAmong('1.0.0', [...candidates, ...majors], { types: ['patch'] });
    expect(held).toHaveLength(23);
    expect(held[0]).toEqual({ version: '501.0.0', reason: 'major update; this environment takes patch' });
    expect(held[19]).toEqual({ version: '482.0.0', reason: 'major update; this environment takes patch (and 480 more below it)' });
    expect(held[22]).toEqual({ version: '1.0.1-rc0', reason: 'pre-release; 1.0.0 is stable' });
  });

  test('a version in two styles is named once', () => {
    expect(decideAmong('1.0.0', ['v2.0.0', '2.0.0', '2.0.0'], { types: ['patch'] }).held).toHaveLength(1);
  });
});

describe('a version that somebody asked for', () => {
  const tags = ['1.4.1', '1.4.3', '1.5.0', '1.6.0-rc.1', '1.6.0', '1.7.0', '2.0.0', '2024.01.15'];
  const wished = (version: string, change: Partial<DecisionInput> = {}) =>
    decide({
      current: { version: '1.4.2' },
      list: { releases: tags.map((tag) => ({ version: tag })), complete: true },
      rules: { types: ['patch'], allow: '<1.5', ignore: ['1.7.0'] },
      barred: () => 'has not run in staging',
      wish: { package: 'p', version, by: 'bob' },
      ...change,
    });

  test('is taken, whatever types, allow, an earlier environment and its make hold back; what lies above is told', () => {
    expect(wished('1.6.0')).toEqual({
      kind: 'update',
      to: { version: '1.6.0' },
      type: 'minor',
      held: [
        { version: '2.0.0', reason: 'major update; this environment takes patch' },
        { version: '1.7.0', reason: 'minor update; this environment takes patch' },
      ],
      wish: { package: 'p', version: '1.6.0', by: 'bob' },
    });
    for (const version of ['1.4.3', '1.5.0', '1.6.0-rc.1', '2.0.0']) expect(wished(version)).toMatchObject({ to: { version } });
  });

  test('what the rules would take is held back by it', () => {
    const rules = { types: ['minor', 'patch'] as const };
    expect(wished('1.5.0', { rules, barred: undefined })).toMatchObject({
      to: { version: '1.5.0' },
      held: expect.arrayContaining([{ version: '1.7.0', reason: 'bob asked for 1.5.0' }]),
    });
  });

  test.each<[string, string, Partial<DecisionInput>]>([
    ['1.7.0', 'ignored by "1.7.0"', {}],
    ['1.4.2', '1.4.2 is what stands there', {}],
    ['1.4.1', '1.4.1 is not above 1.4.2, which stands there: what goes back is a rollback', {}],
    ['1.4.9', 'its registry lists no 1.4.9', {}],
    ['2024.01.15', '2024.01.15 cannot be compared with 1.4.2', {}],
    [
      '1.4.9',
      '1.4.9 is not among what its registry listed: page 2 failed',
      { list: { releases: [], complete: false, problem: 'page 2 failed' } },
    ],
    ['1.5.0', '"latest" is not a version: it moves by digest only', { current: { version: 'latest' } }],
    [
      '1.5.0',
      'rolled back in u: not proposed again until something newer than 1.5.0 is out, or the label "lockkeeper" is taken off there',
      { rolledBack: [{ app: 'billing', package: 'p', version: '1.5.0', url: 'u', at: '2026-11-20T00:00:00Z' }] },
    ],
  ])('%s is refused: %s', (version, refusedWish, change) => {
    const decision = wished(version, change);
    expect(decision).toMatchObject({ refusedWish });
    expect(decision).not.toHaveProperty('wish');
    expect({ ...decision, refusedWish: undefined }).toEqual({ ...wished(version, { ...change, wish: undefined }), refusedWish: undefined });
  });
});

describe('allow and ignore', () => {
  test.each([
    ['v1.2.3-alpine', 'v1.9.0-alpine v2.9.0-alpine v3.0.0-alpine', '>=1.0 <3', 'v2.9.0-alpine'],
    ['1.2', '1.3 2.0', '<2', '1.3'],
    ['1.2.3.4', '1.2.3.5 2.0.0.0', '1.x', '1.2.3.5'],
    ['24.04', '24.10 25.04', '<25', '24.10'],
    ['20240115', '20240301 20250101', '<20250101', '20240301'],
    ['2.0.0-rc1', '2.0.0-rc2 2.0.0', '<2.0.0', '2.0.0-rc2'],
    ['3', '4 99999999999999999999', '<1000', '4'],
  ])('%s among %s, allow %s', (current, tags, allow, to) => {
    expect(movesTo(current, tags.split(' '), { allow })).toBe(to);
  });

  test.each([
    ['1.2.3', '1.2.4 1.2.5', '1.2.5', '1.2.4'],
    ['v1.2.3-alpine', 'v1.2.4-alpine v1.2.5-alpine', '1.2.5', 'v1.2.4-alpine'],
    ['v1.2.3', 'v1.2.4 v1.2.5 1.2.5', 'v1.2.5', 'v1.2.4'],
    ['1.2.3.4', '1.2.3.5 1.2.3.6', '1.2.3.6', '1.2.3.5'],
    ['1.2.3.4-ls1', '1.2.3.5-ls2 1.2.3.6-ls3', '1.2.3.6', '1.2.3.5-ls2'],
    ['1.2.3-alpine', '1.2.4-alpine 1.2.5-alpine', '1.2.5-alpine', '1.2.4-alpine'],
    ['jammy-20240111', 'jammy-20240112 jammy-20240113', 'jammy-20240113', 'jammy-20240112'],
    ['1.2.3-abc1234', '1.2.4-def5678 1.2.4-fed8765', '1.2.4-def5678', '1.2.4-fed8765'],
    ['1.2.3', '1.3.0 2.0.0 2.5.0', '2.x', '1.3.0'],
  ])('%s among %s, ignore %s', (current, tags, ignore, to) => {
    expect(movesTo(current, tags.split(' '), { ignore: [ignore] })).toBe(to);
  });

  test.each([
    [{ allow: 'new' }, 'allow "new" is not a range'],
    [{ allow: ' ' }, 'allow " " is not a range'],
    [{ ignore: [''] }, 'ignore has an empty entry'],
    [{ versioning: 'pep440' }, 'versioning "pep440" is not known'],
  ])('%j is wrong use', (rules, message) => {
    const act = () => decideAmong('1.0.0', ['1.0.1'], rules);
    expect(act).toThrow(UsageError);
    expect(act).toThrow(message);
  });
});

describe('lists from outside', () => {
  test('null, numbers, objects and duplicates are survived', () => {
    const hostile = [
      null,
      7,
      '1.9.0',
      { version: 12 },
      {},
      [],
      { version: null },
      { version: '1.2.4', publishedAt: 'x' },
      { version: '1.2.4' },
    ];
    const releases = [...hostile, ...hostile] as unknown as Release[];
    const decision = decide({ current: { version: '1.2.3' }, list: { releases, complete: true }, rules: { types: ['patch'] } });
    expect(decision).toMatchObject({ kind: 'update', to: { version: '1.2.4' } });
  });

  test('of several with the same version the one published last', () => {
    const releases: Release[] = [
      { version: '1.3.0-abc1234', publishedAt: '2026-03-01T00:00:00Z' },
      { version: '1.3.0-def5678', publishedAt: '2026-04-01T00:00:00Z' },
      { version: '1.3.0-fed8765' },
    ];
    for (const list of [releases, releases.toReversed()]) {
      const decision = decide({
        current: { version: '1.2.0-abc1234' },
        list: { releases: list, complete: true },
        rules: { types: ['minor'] },
      });
      expect(decision).toMatchObject({ kind: 'update', to: { version: '1.3.0-def5678' } });
    }
  });

  test('an incomplete list leads to no lower version and says so', () => {
    const list = { releases: [{ version: '1.0.0' }], complete: false, problem: 'page 2 timed out' };
    expect(decide({ current: { version: '1.2.3' }, list, rules: { types: ['major', 'minor', 'patch'] } })).toEqual({
      kind: 'none',
      reason: 'no version comparable with 1.2.3 is higher among those known from an incomplete list',
      held: [],
      incomplete: 'page 2 timed out',
    });
  });
});

const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];

describe('digests', () => {
  const pinned = (version: string, more: Partial<DecisionInput> = {}): DecisionInput => ({
    current: { version, digest: a },
    list: { releases: [{ version: 'latest' }, { version: '1.2.3' }], complete: true },
    rules: { types: ['patch', 'digest'] },
    currentDigest: b,
    ...more,
  });

  test.each(['latest', 'main', 'abc1234', '1.2.3', 'bookworm-slim'])('%s moves by digest', (version) => {
    expect(decide(pinned(version))).toEqual({ kind: 'update', to: { version, digest: b }, type: 'digest', held: [] });
  });

  test('a newer version comes first and moves both', () => {
    const releases = [{ version: '1.2.3' }, { version: '1.2.4', digest: b }];
    expect(decide(pinned('1.2.3', { list: { releases, complete: true } }))).toEqual({
      kind: 'update',
      to: { version: '1.2.4', digest: b },
      type: 'patch',
      held: [],
    });
  });

  const cases: readonly [string, DecisionInput, string][] = [
    ['unmoved', pinned('latest', { currentDigest: a }), 'its digest has not moved'],
    ['unknown', pinned('latest', { currentDigest: undefined }), 'what "latest" points to now is not known'],
    ['malformed', pinned('latest', { currentDigest: `${b}\n- evil` }), 'what "latest" points to now is not known'],
    ['no tag', pinned('', {}), 'only a digest is written, so there is no tag to follow'],
    ['ignored', pinned('latest', { rules: { types: ['digest'], ignore: ['latest'] } }), 'ignored by "latest"'],
    [
      'identical for the platforms in use',
      pinned('latest', { currentPlatforms: { 'linux/amd64': a }, newPlatforms: { 'linux/amd64': a, 'linux/arm64': b } }),
      'identical content for linux/amd64',
    ],
  ];
  test.each(cases)('none: %s', (_, input, reason) => {
    expect(decide(input)).toEqual({ kind: 'none', reason: expect.stringContaining(reason), held: [] });
  });

  test.each<[string, DecisionInput, string]>([
    [
      'asked for by nobody',
      pinned('latest', { rules: { types: ['patch'] } }),
      `moved to ${b}: digest update; this environment takes patch`,
    ],
    [
      'not asked for, nor looked up',
      pinned('latest', { rules: { types: ['patch'] }, currentDigest: undefined }),
      'it moves by digest only; digest updates are not among the types of this environment',
    ],
    ['not written', pinned('latest', { current: { version: 'latest' } }), '"latest" is not a version: it moves by digest only'],
    ['a commit', pinned('abc1234', { current: { version: 'abc1234' } }), '"abc1234" is a commit, not a version: it moves by digest only'],
  ])('none, and told without a version: %s', (_, input, text) => {
    const reason = expect.stringContaining(text);
    expect(decide(input)).toEqual({ kind: 'none', reason, held: [{ reason }] });
  });

  test.each([
    [
      { 'linux/amd64': a, 'linux/arm64': a },
      { 'linux/amd64': a, 'linux/arm64': b },
    ],
    [{ 'linux/amd64': a }, {}],
    [{}, {}],
    [undefined, { 'linux/amd64': a }],
  ])('%j to %j is not identical', (currentPlatforms, newPlatforms) => {
    expect(decide(pinned('latest', { currentPlatforms, newPlatforms }))).toMatchObject({ kind: 'update', type: 'digest' });
  });
});

describe('settle', () => {
  const decision = decideAmong('1.2.3', ['1.2.4', '1.3.0'], { types: ['patch'] });

  test('what was looked up completes the release', () => {
    const details = { digest: b, publishedAt: '2026-11-20T10:00:00Z', labels: {} };
    expect(settle(decision, ['version', 'digest'], details)).toEqual({
      ...decision,
      to: { version: '1.2.4', digest: b, publishedAt: '2026-11-20T10:00:00Z' },
    });
    expect(settle(decision, ['version'], undefined)).toEqual(decision);
  });

  test('a digest or checksum that is written but not known stops the update', () => {
    expect(settle(decision, ['version', 'sha256'], { digest: b, labels: {} })).toEqual({
      kind: 'none',
      reason: 'the sha256 of 1.2.4, which is written beside the version, is not known',
      held: [...decision.held, { version: '1.2.4', reason: 'the sha256 of 1.2.4, which is written beside the version, is not known' }],
    });
  });

  test('a digest that is none is not known', () => {
    expect(settle(decision, ['digest'], { digest: `${b} # x`, labels: {} })).toMatchObject({ kind: 'none' });
  });

  test('none stays none', () => {
    const none = decideAmong('1.2.3', []);
    expect(settle(none, ['digest'], undefined)).toBe(none);
  });
});
