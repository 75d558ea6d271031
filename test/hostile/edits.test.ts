import type { Reference, TextFile } from '../../src/domain/reference.ts';
import type { Release } from '../../src/domain/release.ts';
import { applyUpdates } from '../../src/updates/edit.ts';
import { findReferences } from '../../src/updates/references/find.ts';
import { joinHelmRepositories } from '../../src/updates/references/helm-repositories.ts';
import { hex } from '../support/found.ts';
import { fc } from '../support/fuzz.ts';

/** A piece of a file: `@V` stands where a version belongs to a reference, `@D` for its digest, `@S` for its checksum. What repeats the version elsewhere stays. */
interface Piece {
  readonly path: string;
  readonly lines: readonly string[];
  /** Of a chart: four numbers are a range there. */
  readonly semver?: true;
}

const manifests = (...lines: string[]): Piece => ({ path: 'manifests/a.yaml', lines });
const charts = (...lines: string[]): Piece => ({ ...manifests(...lines), semver: true });
const decoys = manifests(
  '# image: registry.example.com/org/app:1.4.2',
  'notes: &n1 |',
  '  image: registry.example.com/org/app:1.4.2',
  '  1.4.2',
  'args: [\'--version=1.4.2\', "1.4.2", 1.4.2] # 1.4.2',
  '---',
  '{apiVersion: v1, kind: ConfigMap, data: {image: "registry.example.com/org/app:1.4.2"}}',
  '---',
);

const forms: readonly Piece[] = [
  manifests('kind: Pod', 'spec:', '  containers:', '  - image: registry.example.com/org/app:@V # 1.4.2', '    name: a'),
  manifests('kind: Pod', "spec: {containers: [{image: 'registry:5000/org/app:@V'}, {name: b}]}"),
  manifests('kind: Pod', 'spec: {initContainers: [{"image":"org/app:@V@sha256:@D"}]}'),
  manifests(
    'kind: Pod',
    'spec:',
    '  ephemeralContainers:',
    '    -   image:   &i    org/app:@V   ',
    '    - image: *i',
    '    - {image: *i}',
    '    - <<: {image: *i}',
  ),
  manifests('kind: Widget', 'spec: {deep: [[{image: org/app:@V}]]}'),
  manifests('image:', '  tag: "@V"', '  repository: org/app', '  # tag: 1.4.2'),
  manifests('image: {registry: ghcr.io, repository: org/app, tag: @V, digest: "sha256:@D"}'),
  manifests('v: 1.4.2 # other', 'x: @V # lockkeeper: datasource=oci package=org/app'),
  manifests('  # lockkeeper: datasource=oci package=org/app app=shop', 'x: ["a", "@V"]'),
  manifests('{{ if 1.4.2 }}', '\tx: "{{ .r }}:@V" # lockkeeper: datasource=oci package=org/app', '{{ end }}'),
  { path: 'kustomization.yaml', lines: ['images:', '- name: app # 1.4.2', '  newTag: @V', '  newName: org/app', '  digest: sha256:@D'] },
  { path: 'environment.yml', lines: ['name: a # 1.4.2', 'manifests:', '- https://n/r/app/app-@V.tar.gz # 1.4.2', '- 1.4.2/'] },
  { path: 'environment.yml', lines: ['manifests:', '- sha256: @S', '  url: "https://n/r/app/@V/app-@V-manifests.tgz"'] },
  charts(
    'apiVersion: helm.toolkit.fluxcd.io/v2',
    'kind: HelmRelease # 1.4.2',
    'spec: {chart: {spec: {chart: app, version: "@V", sourceRef: {kind: HelmRepository, name: r}}}, values: {v: 1.4.2}}',
    '---',
    'apiVersion: source.toolkit.fluxcd.io/v1',
    'kind: HelmRepository',
    'metadata: {name: r}',
    'spec: {url: https://charts.example.com/1.4.2}',
  ),
  manifests(
    'apiVersion: source.toolkit.fluxcd.io/v1',
    'kind: OCIRepository',
    'spec:',
    '  url: oci://r/org/app # 1.4.2',
    "  ref: {digest: 'sha256:@D', tag: '@V'}",
  ),
  manifests(
    'apiVersion: source.toolkit.fluxcd.io/v1',
    'kind: GitRepository',
    'spec:',
    '  ref: # 1.4.2',
    '    commit: "@C"',
    '    tag: "@V"',
    '  url: git@h.example.com:org/app.git',
  ),
  charts(
    'apiVersion: argoproj.io/v1alpha1',
    'kind: Application',
    'spec:',
    '  sources:',
    '  - {repoURL: r.example.com/org, chart: app, targetRevision: "@V", helm: {values: "1.4.2"}}',
  ),
  manifests(
    'apiVersion: argoproj.io/v1alpha1',
    'kind: ApplicationSet',
    'spec: {template: {spec: {source: {targetRevision: refs/tags/@V, repoURL: https://h/org/app}}}}',
  ),
  {
    path: 'kustomization.yaml',
    lines: ['resources:', '- ../1.4.2', '- https://h/org/app.git//1.4.2?timeout=9&ref=@V&submodules=false', 'helmCharts:', '- {name: c}'],
  },
  { path: 'kustomization.yaml', lines: ['components: ["ssh://git@h/org/app//x?version=@V"] # 1.4.2'] },
  { path: 'environment.yml', lines: ['manifests:', '- url: https://h/o/app/-/releases/@V/downloads/1/app-@V.tgz', '  sha256: @S'] },
  { path: 'environment.yml', lines: ["manifests: ['https://h/api/v4/projects/1/packages/generic/app/@V/app.tgz'] # 1.4.2"] },
  { path: 'environment.yml', lines: ["manifests: [{url: 'https://n/r/app/@V/app.tar', sha256: '@S'}]"] },
];

/** The shape stays, as it does for every update: prefix, parts, variant. */
const moves = [
  ['1.4.2', '1.10.0'],
  ['v1.4.2', 'v10.0.0'],
  ['1.4.2-rc.1', '1.4.2-rc.10'],
  ['1.4.2-rc.1', '1.4.2'],
  ['1.4.2.1', '1.4.2.20'],
  ['1.4.2-beta2', '1.5.0'],
] as const;
const from: Release = { version: '', digest: hex('a'), sha256: hex('a'), commit: 'a'.repeat(40) };

function fill(piece: Piece, release: Release, eol: string, mark: string, end: string): TextFile {
  const text = piece.lines
    .join(eol)
    .replaceAll('@V', release.version)
    .replaceAll('@D', release.digest ?? '')
    .replaceAll('@S', release.sha256 ?? '')
    .replaceAll('@C', release.commit ?? '');
  return { path: piece.path, text: `${mark}${text}${end}` };
}

function moved(file: TextFile): Reference[] {
  const { references, helmRepositories } = findReferences(file);
  return joinHelmRepositories(references, helmRepositories).filter(({ spots }) => spots.length > 0);
}

test('one edit changes the bytes of the version, digest and checksum, and no other; finding again gives the new version', () => {
  const cases = fc.record({
    piece: fc.constantFrom(...forms),
    before: fc.boolean(),
    comment: fc.constantFrom([], ['# grüße 1.4.2 🚢'], ['', '']),
    move: fc.constantFrom(...moves),
    eol: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    end: fc.constantFrom('', '\n', '\r\n\r\n', ' # 1.4.2'),
  });
  fc.assert(
    fc.property(cases, ({ piece, before, comment, move: [version, next], eol, mark, end }) => {
      fc.pre(piece.semver !== true || version !== '1.4.2.1');
      const lines = [...comment, ...(before && piece.path === 'manifests/a.yaml' ? decoys.lines : []), ...piece.lines];
      const whole = { ...piece, lines };
      const original = fill(whole, { ...from, version }, eol, mark, end);
      const wanted = fill(whole, { version: next, digest: hex('b'), sha256: hex('b'), commit: 'b'.repeat(40) }, eol, mark, end);
      const [reference, ...others] = moved(original);
      expect(others).toEqual([]);
      expect(reference?.version).toBe(version);
      if (reference === undefined) return;
      const to: Release = { version: next, digest: `sha256:${hex('b')}`, sha256: hex('b'), commit: 'b'.repeat(40) };
      const edited = applyUpdates(original, [{ reference, to }]);
      expect(Buffer.from(edited)).toEqual(Buffer.from(wanted.text));
      const [again] = moved({ path: original.path, text: edited });
      expect({ ...again, spots: [], version: '', digest: '' }).toEqual({ ...reference, spots: [], version: '', digest: '' });
      expect(again?.version).toBe(next);
      expect(again?.spots.map(({ holds }) => holds)).toEqual(reference.spots.map(({ holds }) => holds));
    }),
    { numRuns: 2000 },
  );
});

test('any text at all is read without an exception, and its spots hold what they say', () => {
  const words = [
    'image: ',
    'a/b:1.2.3',
    '- ',
    '\n',
    '\r\n',
    '  ',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '---\n',
    '# lockkeeper: datasource=oci package=x/y',
    'tag: 1.2',
    'repository: a',
    '|\n',
    '>',
    '\t',
    '{{ x }}',
    ': ',
    '<<: *a',
    'containers:\n',
    '\uFEFF',
    '?',
    '!t ',
    ', ',
    '%YAML 1.2\n',
    'https://n/a-1.2.3.tgz',
    'manifests:\n',
    'resources:\n',
    'helmCharts:\n',
    'repo: https://e.com',
    'version: 1.2.3',
    'https://github.com/o/r?ref=v1.2.3',
    'git@h:o/r?version=',
    'https://h/o/r/-/raw/v1.2.3/x',
    'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nspec: {url: https://h/o/r, ref: {tag: v1}}\n',
    'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {source: {repoURL: h/o, chart: c, targetRevision: 1.2.3}}\n',
  ];
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(texts, fc.constantFrom('a.yaml', 'environment.yml', 'kustomization.yaml'), (text, path) => {
      for (const { spots } of findReferences({ path, text }).references) {
        for (const { start, end, text: held } of spots) expect(text.slice(start, end)).toBe(held);
      }
    }),
    { numRuns: 3000 },
  );
});
