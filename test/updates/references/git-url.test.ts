import { parseRemoteTarget } from '../../../src/updates/references/git-url.ts';
import { found } from '../../support/found.ts';

/** Text → what git is asked, revision. Cases of https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/git/repospec_test.go and examples/remoteBuild.md */
test.each([
  [
    'https://github.com/kubernetes-sigs/kustomize//examples/multibases/dev/?timeout=120&ref=v3.3.1',
    'https://github.com/kubernetes-sigs/kustomize',
    'v3.3.1',
  ],
  [
    'https://github.com/kubernetes-sigs/kustomize//examples/multibases?ref=v1.0.6&timeout=90s',
    'https://github.com/kubernetes-sigs/kustomize',
    'v1.0.6',
  ],
  ['github.com/kubernetes-sigs/kustomize/examples/multibases?ref=v1.0.6', 'https://github.com/kubernetes-sigs/kustomize', 'v1.0.6'],
  ['github.com/Liujingfang1/mysql', 'https://github.com/Liujingfang1/mysql', undefined],
  ['github.com:someOrg/someRepo?ref=v0.1.0', 'https://github.com/someOrg/someRepo', 'v0.1.0'],
  ['gh:someOrg/someRepo/foo?ref=v0.1.0', 'https://github.com/someOrg/someRepo', 'v0.1.0'],
  ['https://host/o/r?version=master&ref=v1.0.0', 'https://host/o/r', 'v1.0.0'],
  ['https://host/o/r?version=v1.0.0&submodules=false', 'https://host/o/r', 'v1.0.0'],
  ['https://host/o/r?ref=&version=v1.0.0', 'https://host/o/r', 'v1.0.0'],
  [
    'https://git-codecommit.us-east-2.amazonaws.com/someorg/somerepo/somedir?ref=testbranch',
    'https://git-codecommit.us-east-2.amazonaws.com/someorg/somerepo',
    'testbranch',
  ],
  ['git@github.com:someorg/somerepo/somedir', 'ssh://git@github.com/someorg/somerepo', undefined],
  ['git@github.com/someorg/somerepo?ref=v1', 'ssh://git@github.com/someorg/somerepo', 'v1'],
  ['git@bitbucket.org:company/project.git//path?ref=branch', 'ssh://git@bitbucket.org/company/project.git', 'branch'],
  [
    'git@gitlab2.sqtools.ru:10022/infra/kubernetes/thanos-base.git?ref=v0.1.0',
    'ssh://git@gitlab2.sqtools.ru:10022/infra/kubernetes/thanos-base.git',
    'v0.1.0',
  ],
  ['ssh://git.example.com:7999/someOrg/someRepo/README.md?ref=v0.1.0', 'ssh://git.example.com:7999/someOrg/someRepo', 'v0.1.0'],
  ['ssh://git@github.com/o/r//p?ref=v1', 'ssh://git@github.com/o/r', 'v1'],
  ['git::https://gitlab.com/group/sub/app.git//deploy?ref=v1.2.3', 'https://gitlab.com/group/sub/app.git', 'v1.2.3'],
  ['https://gitlab.com/group/sub/app//deploy?ref=v1.2.3', 'https://gitlab.com/group/sub/app', 'v1.2.3'],
  [
    'https://itfs.mycompany.com/collection/project/_git/somerepos/somedir?version=v1.0.0',
    'https://itfs.mycompany.com/collection/project/_git/somerepos',
    'v1.0.0',
  ],
  [
    'git::https://itfs.mycompany.com/collection/project/_git/somerepos',
    'https://itfs.mycompany.com/collection/project/_git/somerepos',
    undefined,
  ],
  ['https://bitbucket.example.com/scm/project/repository.git', 'https://bitbucket.example.com/scm/project/repository.git', undefined],
])('%s', (text, url, revision) => {
  const target = parseRemoteTarget(text);
  expect(target?.skip).toBeUndefined();
  expect(target?.package.url).toBe(url);
  expect(target?.revision && text.slice(target.revision.start, target.revision.end)).toBe(revision);
});

test.each(['../base', './a', 'base', 'deployment.yaml', 'example.com/thing', 'file:///a/b?ref=v1', 'https://example.com/a/b.yaml', ''])(
  '%j is no git repository',
  (text) => expect(parseRemoteTarget(text)).toBeUndefined(),
);

test.each([
  ['https://bot:hunter2@github.com/o/r?ref=v1', 'the URL holds credentials'],
  ['ssh://git:hunter2@host/o/r?ref=v1', 'the URL holds a password'],
  [`https://github.com/\${ORG}/r?ref=v1`, 'the URL holds a variable'],
  [`git::ext::sh -c touch /tmp/x`, 'is no https:// or ssh:// address'],
  [`https://h/${'a'.repeat(5000)}/b?ref=v1`, 'is no https:// or ssh:// address'],
])('%.60s is told and never asked', (text, reason) => {
  const target = parseRemoteTarget(text);
  expect(target?.skip).toContain(reason);
  expect(target?.package.url).toBeUndefined();
  expect(JSON.stringify(target)).not.toContain('hunter2');
});

test.each([
  `git@${'a.'.repeat(50_000)}`,
  `https://${'//'.repeat(50_000)}?ref=`,
  `https://h/${'_git/'.repeat(20_000)}`,
  `https://h?${'&'.repeat(100_000)}ref=1`,
])('hostile text ends', (text) => expect(() => parseRemoteTarget(text)).not.toThrow());

test('resources and components of a kustomization', () => {
  const text = `resources:
- ../base
- deployment.yaml
- https://github.com/argoproj/argo-cd//manifests/cluster-install?timeout=90s&ref=v2.9.3 # pinned
- github.com/o/r?ref=main
- github.com/o/r?ref=kustomize/v5.3.0
- github.com/o/r?ref=7050a45134e9848fca214ad7e7007e96e5042c03
- github.com/o/r
- "github.com/o/r?ref=refs/tags/v1.0.0"
components:
- ssh://git@gitlab.example.com/platform/components.git//monitoring?ref=v1.4.0
`;
  expect(found(text, 'kustomization.yaml')).toEqual([
    '4 github.com/argoproj/argo-cd v2.9.3 (argo-cd)',
    '5 github.com/o/r main (r): "main" is a branch or a name, not a version: write a tag to have it moved',
    '6 github.com/o/r kustomize/v5.3.0 (r)',
    '7 github.com/o/r 7050a45134e9848fca214ad7e7007e96e5042c03 (r): 7050a45134e9 is a commit: write a tag to have it moved',
    '8 github.com/o/r  (r): no version is written',
    '9 github.com/o/r v1.0.0 (r)',
    '11 gitlab.example.com/platform/components v1.4.0 (components)',
  ]);
  expect(found(text, 'other.yaml')).toEqual([]);
});

test('with credentials it is called as without', () => {
  expect(parseRemoteTarget('https://bot:hunter2@github.com/o/r/deploy?ref=v1.0.0')?.package.name).toBe('github.com/o/r');
});
