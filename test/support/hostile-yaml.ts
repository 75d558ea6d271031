import { fc } from './fuzz.ts';

/** Files of every form that is read, whole and valid. */
export const manifests: Readonly<Record<string, string>> = {
  'manifests/app.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: app, labels: &labels { app: app } }
spec:
  template:
    metadata: { labels: *labels }
    spec:
      initContainers:
        - { name: a, image: 'registry:5000/org/init:1.4.2' }
      containers:
        - name: app # runs it
          image: &image "registry.example.com/org/app:1.4.2@sha256:${'a'.repeat(64)}"
        - { name: again, image: *image }
---
apiVersion: v1
kind: ConfigMap
data: { image: "org/app:1.4.2", text: |
  image: org/app:1.4.2
  }
`,
  'values.yaml': `image:
  repository: org/app
  tag: "1.4.2"
  digest: sha256:${'a'.repeat(64)}
other: 1.4.2 # lockkeeper: datasource=oci package=org/other
# lockkeeper: datasource=nexus-raw package=https://n.example.com/repository/r/app/app-{version}.tar.gz
url: https://n.example.com/repository/r/app/app-1.4.2.tar.gz
`,
  'kustomization.yaml': `resources:
  - https://github.com/org/app.git//deploy?ref=v1.4.2
  - https://gitlab.example.com/org/app/-/raw/v1.4.2/all.yaml
images: [{ name: app, newName: org/app, newTag: 1.4.2-rc.1 }]
helmCharts: [{ name: chart, version: 1.4.2, repo: https://charts.example.com }]
`,
  'environment.yml': `name: staging
manifests:
  - manifests/
  - https://n.example.com/repository/r/app/1.4.2/app-1.4.2-rc1.tar.gz
  - { url: 'https://n.example.com/repository/r/b/b-2.0.1.tgz', sha256: ${'a'.repeat(64)} }
apps: { app: { owner: team, source: gitlab:org/app, namespace: app } }
prune: { protect: [Namespace] }
`,
  'Chart.yaml': `apiVersion: v2
name: umbrella
dependencies:
  - { name: app, version: 1.4.2, repository: "https://charts.example.com/" }
  - { name: b, version: 1.4.2, repository: oci://registry.example.com/charts }
`,
  'flux.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: { name: r, namespace: flux }
spec: { url: https://charts.example.com }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { namespace: flux }
spec: { chart: { spec: { chart: app, version: 1.4.2, sourceRef: { kind: HelmRepository, name: r } } } }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
spec: { url: oci://registry.example.com/org/app, ref: { tag: 1.4.2 } }
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
spec: { url: ssh://git@git.example.com/org/app.git, ref: { tag: v1.4.2, commit: ${'a'.repeat(40)} } }
`,
  'argo.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  sources:
    - { repoURL: https://charts.example.com, chart: app, targetRevision: 1.4.2 }
    - { repoURL: https://git.example.com/org/app, targetRevision: refs/tags/v1.4.2, path: deploy }
`,
};

/** What people never write, or write by mistake. */
const odd = [
  ...[
    '&a ',
    '*a',
    '*image',
    '<<: *labels',
    '<<: [*a, *a]',
    '!!binary ',
    '!<tag:x> ',
    '!',
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '? ',
    ': ',
    '- ',
    '|\n',
    '>-\n',
  ],
  ...[
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    '#',
    '# lockkeeper:',
    '# lockkeeper: datasource=helm package=oci://a/b',
    '\t',
    ' ',
    '\n',
    '\r\n',
    '\r',
    '\0',
  ],
  ...[
    '\uFEFF',
    '\u2028',
    '\u0085',
    '\uD800',
    '🚢',
    '__proto__: ',
    'constructor: ',
    'toString',
    'null',
    '~',
    'yes',
    '0x1F',
    '1e3',
    '1_000',
    '.inf',
  ],
  ...[
    'image: ',
    'tag: ',
    'digest: ',
    'newTag: ',
    'version: ',
    'containers:\n',
    'manifests:\n',
    'url: ',
    'sha256: ',
    '@sha256:',
    '${X}',
    '{{ .x }}',
    '$(X)',
    '@',
    ':',
    '/',
  ],
  ...[
    '1.4.2',
    'v1.4.2',
    'latest',
    '1.4',
    '-rc.1',
    '+build',
    `${'1'.repeat(60)}x`,
    '../',
    '//',
    'https://u:p@h/',
    'oci://',
    'git@h:',
    'file:///etc/passwd',
    '?ref=',
  ],
  '['.repeat(120),
  '{a: '.repeat(120),
  'x'.repeat(5000),
];

type Change = (text: string) => string;
const at = (text: string, place: number): number => Math.floor(place * (text.length + 1));
const place = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...odd)).map(
    ([where, piece]): Change =>
      (text) =>
        text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(
    ([where, count]): Change =>
      (text) =>
        text.slice(0, at(text, where)) + text.slice(at(text, where) + count),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Change =>
      (text) =>
        text.slice(0, at(text, to)) + text.slice(at(text, from), at(text, from) + 80) + text.slice(at(text, to)),
  ),
  fc.tuple(place, fc.integer({ min: -8, max: 8 })).map(
    ([where, by]): Change =>
      (text) =>
        indented(text, at(text, where), by),
  ),
  fc.constantFrom<Change>(
    (text) => text.replaceAll('\n', '\r\n'),
    (text) => `\uFEFF${text}`,
    (text) => text.trimEnd(),
    (text) => text + text,
  ),
);

function indented(text: string, from: number, by: number): string {
  const start = text.lastIndexOf('\n', from) + 1;
  return text.slice(0, start) + (by > 0 ? ' '.repeat(by) + text.slice(start) : text.slice(start).replace(new RegExp(`^ {0,${-by}}`), ''));
}

/** A file of some form, with a few things wrong with it. */
export const hostileFile: fc.Arbitrary<{ readonly path: string; readonly text: string }> = fc
  .tuple(fc.constantFrom(...Object.entries(manifests)), fc.array(change, { maxLength: 5 }))
  .map(([[path, text], changes]) => ({ path, text: changes.reduce((out, one) => one(out), text) }));
