import { ConflictError, OutsideError, RefusedError } from '../../src/domain/errors.ts';
import { type Asked, mergeErrors, type ScanError, scanError, type Turn } from '../../src/updates/failure.ts';
import type { HeldReport, ScanReport } from '../../src/updates/report.ts';
import { summarize } from '../../src/updates/summary.ts';

test.each<[string, Asked, unknown, Turn]>([
  ['a registry that wants another password', 'registry', new RefusedError('r.example.com', 'no', { status: 401 }), 'platform team'],
  ['a registry that does not show it', 'registry', new RefusedError('r.example.com', 'no', { status: 403 }), 'platform team'],
  ['an image that is not there', 'registry', new RefusedError('r.example.com', 'no', { status: 404 }), 'owner'],
  ['a page where an index should be', 'registry', new RefusedError('r.example.com', 'no'), 'owner'],
  ['a registry that is down', 'registry', new OutsideError('r.example.com', 'no'), 'nobody'],
  ['a token that has expired', 'forge', new RefusedError('gitlab:a/b', 'no', { status: 401 }), 'platform team'],
  ['a right that is missing', 'forge', new RefusedError('gitlab:a/b', 'no', { status: 403 }), 'maintainer'],
  ['a path that is wrong', 'forge', new RefusedError('gitlab:a/b', 'no', { status: 404 }), 'platform team'],
  ['an archived project', 'forge', new RefusedError('gitlab:a/b', 'no'), 'owner'],
  ['somebody was faster', 'forge', new ConflictError('gitlab:a/b', 'no', { status: 409 }), 'nobody'],
  ['a defect', 'forge', new TypeError('no'), 'lockkeeper'],
])('whose turn it is: %s', (_, asked, error, turn) => {
  expect(scanError({ asked, error, scope: 'staging', environment: 'staging' })).toMatchObject({ turn, environments: ['staging'] });
});

test('a group that cannot be listed is for who wrote its path', () => {
  expect(scanError({ asked: 'forge', error: new RefusedError('local:a', 'no'), scope: 'local:a' })).toMatchObject({
    turn: 'platform team',
  });
});

const failed = (environment: string, error: unknown, asked: Asked = 'registry'): ScanError =>
  scanError({ asked, error, scope: environment, environment });
const held = (environment: string, reason: string, line = 1): HeldReport => ({
  environment,
  app: 'web',
  file: 'a.yaml',
  line,
  package: 'r.example.com/web',
  from: '1.0.0',
  reason,
});
const report = (of: Partial<ScanReport>): ScanReport => ({ environments: [], proposals: [], ended: [], held: [], errors: [], ...of });
const environment = (name: string, ...files: string[]) => ({
  name,
  repository: `local:${name}`,
  commit: 'c',
  references: 3,
  warnings: files.map((file) => ({ file, message: 'is no YAML' })),
});

test('one cause for all that a host says no to, and for all projects of which a forge says the same', () => {
  const denied = (image: string) => new RefusedError('r.example.com', `refuses to show ${image}`, { status: 401 });
  const archived = (path: string) => new RefusedError(`gitlab:${path}`, `${path} at gitlab: the project is archived`);
  const errors = mergeErrors([
    failed('c', archived('p/c'), 'forge'),
    failed('a', denied('x')),
    failed('b', denied('x')),
    failed('b', denied('y')),
    failed('d', archived('p/d'), 'forge'),
    failed('a', new OutsideError('r.example.com', 'reading the rest', { status: 500 })),
  ]);
  expect(errors[1]).toMatchObject({ message: 'refuses to show x', environments: ['a', 'b'] });
  const summary = summarize(report({ errors, environments: [environment('a', 'f', 'f', 'g'), environment('b')] }));
  expect(summary).toMatchObject({
    environments: { scanned: 2, failed: 2 },
    references: 6,
    unreadable: { files: 2, environments: 1 },
    failures: [
      { turn: 'platform team', errors: 2, environments: ['a', 'b'], message: 'refuses to show x' },
      { turn: 'owner', errors: 2, environments: ['c', 'd'] },
      { turn: 'nobody', errors: 1, environments: ['a'] },
    ],
  });
});

test('what is held is counted by reason, whatever the version; what failed is not told twice', () => {
  const errors = [failed('a', new OutsideError('r.example.com', 'it is down'))];
  const rows = [
    held('a', 'pre-release; 1.4.2 is stable'),
    held('a', 'pre-release; 1.4.2 is stable'),
    held('b', 'pre-release; v2.0.0-1 is stable'),
    held('a', 'it is down', 7),
    held('c', 'ignored by "2.x" (app.yml:8)'),
  ];
  expect(summarize(report({ held: rows, errors }))).toMatchObject({
    heldReferences: 3,
    held: [
      { reason: 'pre-release; … is stable', references: 2, environments: 2 },
      { reason: 'ignored by "2.x" (app.yml:8)', references: 1, environments: 1 },
    ],
  });
});
