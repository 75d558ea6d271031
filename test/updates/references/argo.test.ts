import { applyUpdates } from '../../../src/updates/edit.ts';
import { findReferences } from '../../../src/updates/references/find.ts';
import { found } from '../../support/found.ts';

const application = (spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n  ${spec}\n`;

const rangeOfCharts = (text: string): string =>
  `"${text}" is a range, which takes newer versions by itself: write one whole version to have it moved`;

/** https://argo-cd.readthedocs.io/en/stable/user-guide/helm/, …/user-guide/tracking_strategies/, …/user-guide/oci/ */
test.each([
  [
    '{chart: sealed-secrets, repoURL: https://bitnami-labs.github.io/sealed-secrets, targetRevision: 1.16.1}',
    'bitnami-labs.github.io/sealed-secrets/sealed-secrets 1.16.1 (sealed-secrets)',
  ],
  [
    '{chart: nginx, repoURL: registry-1.docker.io/bitnamicharts, targetRevision: 15.9.0}',
    'registry-1.docker.io/bitnamicharts/nginx 15.9.0 (nginx)',
  ],
  ['{chart: nginx, repoURL: "oci://r.example.com/charts", targetRevision: 15.9.0}', 'r.example.com/charts/nginx 15.9.0 (nginx)'],
  ['{chart: a, repoURL: https://e.com, targetRevision: 1.*}', `e.com/a 1.* (a): ${rangeOfCharts('1.*')}`],
  ['{chart: a, repoURL: https://e.com, targetRevision: "*"}', `e.com/a * (a): ${rangeOfCharts('*')}`],
  ['{chart: a, repoURL: https://e.com}', 'e.com/a  (a): no version is written'],
  ['{repoURL: "oci://r.example.com/some/manifests", path: ., targetRevision: 1.2.0}', 'r.example.com/some/manifests 1.2.0 (manifests)'],
  [
    '{repoURL: https://github.com/argoproj/argocd-example-apps.git, path: guestbook, targetRevision: v1.2.0}',
    'github.com/argoproj/argocd-example-apps v1.2.0 (argocd-example-apps)',
  ],
  ['{repoURL: git@github.com:o/r.git, targetRevision: refs/tags/v1.2.0}', 'github.com/o/r v1.2.0 (r)'],
  [
    '{repoURL: https://github.com/o/r, targetRevision: HEAD}',
    'github.com/o/r HEAD (r): "HEAD" is a branch or a name, not a version: write a tag to have it moved',
  ],
  ['{repoURL: https://github.com/o/r}', 'github.com/o/r  (r): no version is written'],
  [
    '{repoURL: https://github.com/o/r, targetRevision: v1.2.*}',
    'github.com/o/r v1.2.* (r): "v1.2.*" is a range, which takes newer versions by itself: write a tag to have it moved',
  ],
  [
    '{repoURL: https://github.com/o/r, targetRevision: "{{ .version }}"}',
    'github.com/o/r {{ .version }} (r): holds a variable or template, which only the tool that fills it in can read',
  ],
])('a source %s', (source, wanted) => {
  expect(found(application(`source: ${source}`))).toEqual([`5 ${wanted}`]);
  expect(found(application(`sources: [${source}]`))).toEqual([`5 ${wanted}`]);
  const set = `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec: {template: {spec: {source: ${source}}}}\n`;
  expect(found(set)).toEqual([`3 ${wanted}`]);
});

/** https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/ */
test('several sources, values out of git among them', () => {
  const text = application(`sources:
  - repoURL: 'https://prometheus-community.github.io/helm-charts'
    chart: prometheus
    targetRevision: 15.7.1
    helm:
      valueFiles: [$values/charts/prometheus/values.yaml]
      valuesObject: {image: {repository: quay.io/p/p, tag: v2.0.0}}
  - repoURL: 'https://git.example.com/org/value-files.git'
    targetRevision: v0.3.0
    ref: values`);
  expect(found(text)).toEqual([
    '8 prometheus-community.github.io/helm-charts/prometheus 15.7.1 (prometheus)',
    '11 quay.io/p/p v2.0.0 (p)',
    '13 git.example.com/org/value-files v0.3.0 (value-files)',
  ]);
});

const digest = `sha256:${'1'.repeat(64)}`;

/** https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/, …/source-hydrator/, …/oci/ */
test.each([
  [
    'source: {repoURL: https://github.com/o/r, targetRevision: v1.2.0, kustomize: {images: [gcr.io/heptio/a=r.example.com/b:2.0.0, "r.example.com/c:1.0.0", d]}}',
    ['5 github.com/o/r v1.2.0 (r)', '5 r.example.com/b 2.0.0 (b)', '5 r.example.com/c 1.0.0 (c)'],
  ],
  [
    'sourceHydrator: {drySource: {repoURL: https://github.com/o/r, path: a, targetRevision: v1.2.0}, syncSource: {targetBranch: v9, path: a}}',
    ['5 github.com/o/r v1.2.0 (r)'],
  ],
  [`source: {repoURL: oci://r.example.com/m, path: ., targetRevision: "${digest}"}`, ['5 r.example.com/m @111111 (m)']],
])('also %s', (spec, wanted) => expect(found(application(spec))).toEqual(wanted));

test('an image that kustomize puts in the place of another moves behind the equals sign', () => {
  const text = application('source: {repoURL: https://github.com/o/r, kustomize: {images: ["1.0.0=r.example.com/b:1.0.0"]}}');
  const file = { path: 'a.yaml', text };
  const reference = findReferences(file).references.find(({ app }) => app === 'b');
  const edits = reference === undefined ? [] : [{ reference, to: { version: '1.1.0' } }];
  expect(applyUpdates(file, edits)).toBe(text.replace('b:1.0.0', 'b:1.1.0'));
});

test('other kinds of the group, and other groups, have none', () => {
  const spec = 'spec: {source: {repoURL: https://github.com/o/r, targetRevision: v1.0.0}}';
  expect(found(`apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n${spec}\n`)).toEqual([]);
  expect(found(`apiVersion: app.k8s.io/v1beta1\nkind: Application\n${spec}\n`)).toEqual([]);
});
