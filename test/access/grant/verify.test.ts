import type { Evidence } from '../../../src/access/gate/evidence.ts';
import type { Judgement } from '../../../src/access/gate/gate.ts';
import { broughtBy, type Denial, grantId, grantOf, isDenial, type Landing, merged, misshapen } from '../../../src/access/grant/verify.ts';
import type { GatedRequest, TreeEntry } from '../../../src/domain/access-forge.ts';

const file: TreeEntry = { path: 'access/billing/alice.yml', mode: '100644', id: 'b'.repeat(40) };
const commit = 'c'.repeat(40);
const landing: Landing = {
  file,
  commit,
  brought: file,
  changed: { paths: [{ path: file.path, kind: 'added' }], complete: true },
  requests: [7],
};

describe('the merge request that brought a file', () => {
  test('is the one', () => {
    expect(broughtBy(landing)).toBe(7);
    expect(broughtBy({ ...landing, changed: { paths: [{ path: file.path, kind: 'changed' }], complete: true } })).toBe(7);
  });

  const other = { path: 'manifests/a.yaml', kind: 'added' } as const;
  test.each<readonly [string, Partial<Landing>, RegExp, boolean]>([
    ['no merge request', { requests: [] }, /no merge request brought it: commit cccccccccccc came/, true],
    ['several', { requests: [7, 8] }, /several merge requests \(7, 8\)/, false],
    [
      'more paths',
      { changed: { paths: [{ path: file.path, kind: 'added' }, other], complete: true } },
      /more than this file: manifests\/a.yaml/,
      false,
    ],
    ['another path', { changed: { paths: [other], complete: true } }, /more than this file/, false],
    [
      'more than can be read',
      { changed: { paths: [{ path: file.path, kind: 'added' }], complete: false } },
      /more than can be read/,
      false,
    ],
    ['moved', { changed: { paths: [{ path: file.path, before: 'a.yml', kind: 'moved' }], complete: true } }, /a.yml → access/, false],
    ['removed', { changed: { paths: [{ path: file.path, kind: 'removed' }], complete: true } }, /neither added nor changed/, false],
    ['nothing', { changed: { paths: [], complete: true } }, /neither added nor changed/, false],
    ['not there', { brought: undefined }, /something rewrote it/, false],
    ['another blob there', { brought: { ...file, id: 'd'.repeat(40) } }, /something rewrote it/, false],
    ['another mode there', { brought: { ...file, mode: '100755' } }, /something rewrote it/, false],
  ])('%s', (_, change, reason, maybeYet) => {
    expect(broughtBy({ ...landing, ...change })).toEqual({ reason: expect.stringMatching(reason), maybeYet });
  });
});

test.each([
  ['100644', 'access/billing/alice.yml', undefined],
  ['100755', 'access/billing/alice.yml', /mode 100755/],
  ['120000', 'access/billing/alice.yml', /mode 120000/],
  ['100644', 'access/Billing/alice.yml', /where no request lies/],
  ['100644', 'access/alice.yml', /where no request lies/],
])('a file of mode %s at %s', (mode, path, reason) => {
  const found = misshapen({ ...file, mode, path });
  expect(found).toEqual(reason === undefined ? undefined : { reason: expect.stringMatching(reason), maybeYet: false });
});

const request: GatedRequest = {
  id: 7,
  url: 'https://gitlab.example.com/7',
  title: 'x',
  branch: 'ask',
  target: 'main',
  commit: 'e'.repeat(40),
  labels: [],
  fork: false,
  author: { id: '1', name: 'alice' },
  draft: false,
  state: 'merged',
  createdAt: '2026-11-21T11:00:00Z',
  merged: { at: '2026-11-21T12:00:00.500Z', commit },
};

test.each<readonly [string, Partial<GatedRequest>, RegExp, boolean]>([
  ['a fork', { fork: true }, /came from a fork/, false],
  ['another target', { target: 'side' }, /went into side/, false],
  ['closed', { state: 'closed' }, /closed without being merged/, false],
  ['open', { state: 'open' }, /is not merged/, true],
  ['no time', { merged: { at: '', commit } }, /does not say when/, true],
  ['no sense', { merged: { at: '2026-13-45T99:00:00Z', commit } }, /does not say when/, true],
])('%s is no merge', (_, change, reason, maybeYet) => {
  expect(merged({ ...request, ...change }, 'main')).toEqual({ reason: expect.stringMatching(reason), maybeYet });
});

describe('an id', () => {
  const id = grantId('local:a', request, file);
  test('is a name that Kubernetes takes, the same each time', () => {
    expect(id).toMatch(/^g[0-9a-f]{20}$/);
    expect(grantId('local:a', { ...request, title: 'other' } as GatedRequest, { ...file })).toBe(id);
  });
  test.each([
    ['repository', grantId('local:b', request, file)],
    ['merge request', grantId('local:a', { ...request, id: 8 }, file)],
    ['head', grantId('local:a', { ...request, commit: 'f'.repeat(40) }, file)],
    ['path', grantId('local:a', request, { ...file, path: 'access/shop/alice.yml' })],
    ['blob', grantId('local:a', request, { ...file, id: 'd'.repeat(40) })],
  ])('is another one for another %s', (_, other) => {
    expect(other).not.toBe(id);
  });
});

describe('a grant', () => {
  const way = merged(request, 'main');
  if (isDenial(way)) throw new Error(way.reason);
  const evidence = { request, file: { path: file.path, mode: file.mode, blob: file.id } } as Evidence;
  const judgement = {
    kind: 'request',
    reasons: [],
    request: {
      namespace: 'billing',
      subject: { kind: 'user', name: 'alice' },
      level: 'admin',
      reason: 'INC-1234',
      durationMs: 7_200_000,
      breakGlass: false,
    },
    rules: { role: 'lockkeeper-admin' },
    file: { path: file.path, blob: file.id },
    approvedBy: [{ id: '2', name: 'lead', bot: false }],
  } as unknown as Judgement;
  const now = new Date('2026-11-21T12:00:10Z');
  const of = { repository: 'local:a', environment: 'production', file, request: way, evidence, judgement, now };

  test('lasts from the merge on', () => {
    expect(grantOf(of)).toMatchObject({ from: '2026-11-21T12:00:00Z', until: '2026-11-21T14:00:00Z', approvedBy: ['lead'] });
  });
  test('lasts from now on at the latest, where the forge is ahead of us', () => {
    const behind = new Date('2026-11-21T11:30:00Z');
    expect(grantOf({ ...of, now: behind })).toMatchObject({ from: '2026-11-21T11:30:00Z', until: '2026-11-21T13:30:00Z' });
  });

  test.each<readonly [string, Partial<typeof of>, RegExp]>([
    ['the head moved', { evidence: { ...evidence, request: { ...request, commit: 'f'.repeat(40) } } }, /changed while it was looked at/],
    ['it only takes away', { judgement: { ...judgement, kind: 'removal' } }, /did not ask for access/],
    ['it asks for nothing', { judgement: { ...judgement, kind: 'none' } }, /did not ask for access/],
    [
      'another file',
      { evidence: { ...evidence, file: { ...file, path: 'access/shop/a.yml', blob: file.id } } },
      /is not what merge request 7 asked for/,
    ],
    ['another blob', { evidence: { ...evidence, file: { ...file, blob: 'd'.repeat(40) } } }, /is not what merge request 7 asked for/],
    ['another blob was judged', { judgement: { ...judgement, file: { path: file.path, blob: 'd'.repeat(40) } } }, /is not what/],
    ['another mode', { evidence: { ...evidence, file: { ...file, mode: '100755', blob: file.id } } }, /had it with mode 100755/],
    [
      'the gate says no',
      { judgement: { ...judgement, reasons: ['It needs an approval.'] } },
      /does not pass the gate: It needs an approval$/,
    ],
    ['nobody approved', { judgement: { ...judgement, approvedBy: [] } }, /nobody has approved/],
  ])('is none where %s', (_, change, reason) => {
    const found = grantOf({ ...of, ...change });
    expect((found as Denial).reason).toMatch(reason);
  });
});
