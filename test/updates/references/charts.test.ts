import { findReferences } from '../../../src/updates/references/find.ts';
import { found } from '../../support/found.ts';

const range = (text: string): string =>
  `"${text}" is a range, which takes newer versions by itself: write one whole version to have it moved`;

const chart = (dependency: string): string => `apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n  - ${dependency}\n`;

/** https://helm.sh/docs/topics/charts/#chart-dependencies, https://helm.sh/docs/helm/helm_dependency/, https://helm.sh/docs/topics/registries/ */
test.each([
  ['{name: apache, version: 1.2.3, repository: https://example.com/charts}', 'example.com/charts/apache 1.2.3 (apache)'],
  ['{name: mysql, version: 3.2.1, repository: "https://another.example.com/charts/"}', 'another.example.com/charts/mysql 3.2.1 (mysql)'],
  [
    '{name: subchart, repository: http://localhost:10191, version: 0.1.0, alias: new-subchart-1}',
    'localhost:10191/subchart 0.1.0 (subchart)',
  ],
  ['{name: mychart, version: "2.7.0", repository: "oci://localhost:5000/myrepo"}', 'localhost:5000/myrepo/mychart 2.7.0 (mychart)'],
  ['{name: a, version: v1.2.3-rc.1+build.5, repository: oci://r/c}', 'r/c/a v1.2.3-rc.1+build.5 (a)'],
  ['{name: a, version: ^1.2.3, repository: https://e.com}', `e.com/a ^1.2.3 (a): ${range('^1.2.3')}`],
  ['{name: a, version: 1.x.x, repository: https://e.com}', `e.com/a 1.x.x (a): ${range('1.x.x')}`],
  ['{name: a, version: ">= 1.2, < 2", repository: https://e.com}', `e.com/a >= 1.2, < 2 (a): ${range('>= 1.2, < 2')}`],
  ['{name: a, version: "*", repository: https://e.com}', `e.com/a * (a): ${range('*')}`],
  ['{name: a, version: "1.2", repository: https://e.com}', `e.com/a 1.2 (a): ${range('1.2')}`],
  ['{name: a, repository: https://e.com}', 'e.com/a  (a): no version is written'],
  ['{name: a, version: 1.2.3}', 'a 1.2.3 (a): the chart stands beside this one, in its folder charts/: there is no repository to ask'],
  [
    '{name: a, version: 1.2.3, repository: file://../a}',
    '../a/a 1.2.3 (a): the chart is a folder (file://): there is no repository to ask',
  ],
  [
    '{name: nginx, version: "1.2.3", repository: "alias:myrepo"}',
    "alias:myrepo/nginx 1.2.3 (nginx): the repository is the alias alias:myrepo, which only Helm's own settings know: write its address",
  ],
  [
    '{name: nginx, version: "1.2.3", repository: "@myrepo"}',
    "myrepo/nginx 1.2.3 (nginx): the repository is the alias @myrepo, which only Helm's own settings know: write its address",
  ],
  [
    '{name: a, version: 1.2.3, repository: "https://bot:hunter2@e.com/charts"}',
    'e.com/charts/a 1.2.3 (a): the URL holds credentials: keep them in app.yml under registries and take them out here',
  ],
])('a dependency %s', (dependency, wanted) => {
  expect(found(chart(dependency), 'charts/parent/Chart.yaml')).toEqual([`5 ${wanted}`]);
  expect(found(chart(dependency), 'requirements.yaml')).toEqual([`5 ${wanted}`]);
  expect(found(chart(dependency), 'charts/parent/other.yaml')).toEqual([]);
});

test('what is asked: the index, or the artifact', () => {
  const text = chart(
    '{name: a, version: 1.2.3, repository: https://e.com/charts/}\n  - {name: b, version: 1.2.3, repository: oci://r:5000/c}',
  );
  expect(findReferences({ path: 'Chart.yaml', text }).references.map((one) => one.package)).toEqual([
    { datasource: 'helm', name: 'e.com/charts/a', url: 'https://e.com/charts', chart: 'a' },
    { datasource: 'helm', name: 'r:5000/c/b', url: 'oci://r:5000/c/b', chart: 'b' },
  ]);
});

test('two charts of one version through an anchor are told, not moved', () => {
  const text = chart('{name: a, version: &v 1.2.3, repository: https://e.com}\n  - {name: b, version: *v, repository: https://e.com}');
  expect(found(text, 'Chart.yaml').every((line) => line.includes('one anchor holds the version of 2 packages'))).toBe(true);
});

/** https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_ */
test('a chart generator of kustomize in a file of its own', () => {
  const text =
    'apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: x}\nname: a\nrepo: https://e.com\nversion: 1.2.3\n';
  expect(found(text)).toEqual(['6 e.com/a 1.2.3 (a)']);
  expect(found(text.replace('builtin', 'v1'))).toEqual([]);
});

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/helmcharts/ */
test('helmCharts of a kustomization', () => {
  const text = `helmCharts:
- name: minecraft
  includeCRDs: false
  valuesInline: {minecraftServer: {eula: true}}
  releaseName: moria
  version: 3.1.3
  repo: https://itzg.github.io/minecraft-server-charts
- {name: podinfo, repo: "oci://ghcr.io/stefanprodan/charts", version: 6.5.4}
- {name: local, version: 1.0.0}
- {name: newest, repo: https://e.com}
`;
  const wanted = [
    '6 itzg.github.io/minecraft-server-charts/minecraft 3.1.3 (minecraft)',
    '8 ghcr.io/stefanprodan/charts/podinfo 6.5.4 (podinfo)',
    '10 e.com/newest  (newest): no version is written',
  ];
  expect(found(text, 'apps/kustomization.yaml')).toEqual(wanted);
  expect(found(text, 'apps/other.yaml')).toEqual([]);
});
