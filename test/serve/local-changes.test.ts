import type { RepositorySight, SightedRequest } from '../../src/domain/watched-forge.ts';
import { createServed } from '../../src/http/webhooks/served.ts';
import { askedSince, seenIn } from '../../src/serve/local-changes.ts';

const at = (path: string) => ({ forge: 'local', path });
const served = createServed({
  environments: [
    { repository: at('staging'), deployed: true },
    { repository: at('testing'), granted: true },
  ],
  sources: [at('apps/{name}')],
});
const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
const request = (more: Partial<SightedRequest> = {}): SightedRequest => ({
  id: 7,
  state: 'open',
  commit: one,
  target: 'main',
  draft: false,
  comments: ['looks good'],
  approvals: '',
  ...more,
});
const sight = (more: Partial<RepositorySight> = {}): RepositorySight => ({
  defaultBranch: 'main',
  commit: one,
  tags: 'none',
  requests: [],
  problems: [],
  ...more,
});
const withRequest = (more: Partial<SightedRequest> = {}): RepositorySight => sight({ requests: [request(more)] });
const asked = (path: string, before: RepositorySight | undefined, now: RepositorySight): string[] => [
  ...new Set(
    askedSince(before && seenIn(before), now, at(path), served).map((data) =>
      Object.values({ ...data, repository: '' })
        .filter((value) => value !== '')
        .join(' '),
    ),
  ),
];

const deployAndScan = ['deploy', 'scan-environment'];
test.each<[string, RepositorySight, RepositorySight, readonly string[]]>([
  ['nothing', withRequest(), withRequest(), []],
  ['a push to the default branch', sight(), sight({ commit: two }), deployAndScan],
  ['another default branch', sight(), sight({ defaultBranch: 'trunk' }), deployAndScan],
  ['a tag', sight(), sight({ tags: 'one' }), []],
  ['a new merge request', sight(), withRequest(), ['scan-environment', 'validate 7', 'access-review 7']],
  ['one that was pushed to', withRequest(), withRequest({ commit: two }), ['scan-environment', 'validate 7', 'access-review 7']],
  ['one into another branch', withRequest(), withRequest({ target: 'trunk' }), ['scan-environment', 'validate 7', 'access-review 7']],
  ['one that is no draft any more', withRequest({ draft: true }), withRequest(), ['scan-environment', 'validate 7', 'access-review 7']],
  ['one that has become a draft', withRequest(), withRequest({ draft: true }), ['scan-environment']],
  ['one opened again', withRequest({ state: 'closed' }), withRequest(), ['scan-environment', 'validate 7', 'access-review 7']],
  [
    'a merge, seen before its push',
    withRequest(),
    withRequest({ state: 'merged' }),
    [...deployAndScan, 'validate-repository', 'access-review 7'],
  ],
  ['one that was closed', withRequest(), withRequest({ state: 'closed' }), ['scan-environment', 'validate-repository', 'access-review 7']],
  ['one that was approved', withRequest(), withRequest({ approvals: 'one' }), ['access-review 7']],
  ['an approval taken back', withRequest({ approvals: 'one' }), withRequest(), ['access-review 7']],
  ['one whose file is gone', withRequest(), sight(), ['scan-environment', 'validate-repository']],
  ['one that had ended before it was seen', sight(), withRequest({ state: 'merged' }), []],
  ['a comment', withRequest(), withRequest({ comments: ['looks good', 'thanks'] }), []],
  ['a command', withRequest(), withRequest({ comments: ['looks good', '', '/lockkeeper validate'] }), ['command 7 3']],
  [
    'a command below one that was merged',
    withRequest({ state: 'merged' }),
    withRequest({ state: 'merged', comments: ['looks good', '/lockkeeper access revoke'] }),
    ['command 7 2'],
  ],
  [
    'a command below one that was merged meanwhile',
    withRequest(),
    withRequest({ state: 'merged', comments: ['looks good', '/lockkeeper access revoke'] }),
    [...deployAndScan, 'validate-repository', 'command 7 2', 'access-review 7'],
  ],
  [
    'a command that was there when it was opened again',
    withRequest({ state: 'closed', comments: ['/lockkeeper validate'] }),
    withRequest({ comments: ['/lockkeeper validate'] }),
    ['scan-environment', 'validate 7', 'access-review 7'],
  ],
  [
    'a command that was there',
    withRequest({ comments: ['/lockkeeper validate'] }),
    withRequest({ comments: ['/lockkeeper validate'] }),
    [],
  ],
  ['a comment taken away', withRequest({ comments: ['one', 'two'] }), withRequest({ comments: ['/lockkeeper validate'] }), []],
])('in an environment that the service deploys: %s', (_, before, now, expected) => {
  expect(asked('staging', before, now)).toEqual(expected);
});

test('nobody deploys what the service is not to deploy; what may grant access is looked at', () => {
  expect(asked('testing', sight(), sight({ commit: two }))).toEqual(['access', 'scan-environment']);
});

test.each<[string, RepositorySight, readonly string[]]>([
  ['commits', sight({ commit: two }), ['refresh-source']],
  ['a tag', sight({ tags: 'one' }), ['refresh-source']],
  ['a merge request', withRequest(), []],
])("in an app's own repository: %s", (_, now, expected) => {
  expect(asked('apps/billing', sight(), now)).toEqual(expected);
});

test('in one that was not known all is new, but what is said there', () => {
  const now = withRequest({ comments: ['/lockkeeper unlock'] });
  expect(asked('staging', undefined, now)).toEqual([...deployAndScan, 'validate 7', 'access-review 7']);
});

test('what had ended before such were listened to says nothing new', () => {
  const { ended: _, ...before } = seenIn(withRequest({ state: 'merged' }));
  const now = withRequest({ state: 'merged', comments: ['looks good', '/lockkeeper access revoke'] });
  expect(askedSince(before, now, at('staging'), served)).toEqual([]);
});

test('in any other repository nothing is asked for', () => {
  expect(asked('other', undefined, withRequest())).toEqual([]);
});
