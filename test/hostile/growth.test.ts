import { join, resolve } from 'node:path';
import { ended, startProgram } from '../support/program.ts';

/** Far beyond what it takes: all of it is done within ten seconds on an idle machine. What grows with the square of its text takes hours. */
const deadline = 120_000;
const file = (path: string): string => JSON.stringify(join(resolve(import.meta.dirname, '../../src'), path));

/** Texts of a megabyte that repeat one piece, in every place where they may stand; each function is named before it is called. */
const program = `
  import { parseVersion } from ${file('domain/version.ts')};
  import { parseImage } from ${file('domain/image.ts')};
  import { diffObjects } from ${file('manifests/object-diff.ts')};
  import { parseEnvironment } from ${file('manifests/environment-file.ts')};
  import { objectsIn } from ${file('manifests/objects.ts')};
  import { readObjects } from ${file('manifests/documents.ts')};
  import { parseAttributes } from ${file('manifests/attributes.ts')};
  import { makeEntries } from ${file('updates/changelog/entries.ts')};
  import { changelogBetween } from ${file('updates/changelog/notes.ts')};
  import { harmlessLine } from ${file('markdown/harmless.ts')};
  import { codeBlock, harmlessMarkdown } from ${file('markdown/markdown.ts')};
  import { summaryText } from ${file('markdown/details.ts')};
  import { findReferences } from ${file('updates/references/find.ts')};
  import { cutIndex } from ${file('adapters/datasources/helm/index-text.ts')};
  import { parseChallenges } from ${file('adapters/datasources/oci/challenge.ts')};
  import { nextPage } from ${file('adapters/datasources/oci/link.ts')};
  import { readMarker } from ${file('domain/identifiers.ts')};

  const commit = (message) => ({ sha: 'a'.repeat(40), message, author: message, date: '', url: message });
  const between = { from: '1.0.0', to: '2.0.0', compare: () => 1 };
  const object = (text) => objectsIn('a.yaml', 'apiVersion: v1\\nkind: Pod\\nmetadata: { name: a }\\nspec: { containers: [{ name: a, image: ' + JSON.stringify(text) + ' }] }').objects;
  const quoted = (before, behind) => (text) => before + JSON.stringify(text) + behind;
  const files = [
    ['manifests/a.yaml', quoted('containers:\\n- image: ', '')],
    ['values.yaml', quoted('image: { registry: ', ', repository: a, tag: 1.0.0 }')],
    ['environment.yml', quoted('manifests: [', ']')],
    ['environment.yml', (text) => 'manifests: [ "https://n.example.com/a-1.2.3-rc' + text.slice(0, 2000) + 'x.tgz" ]'],
    ['kustomization.yaml', quoted('resources: [', ']')],
    ['Chart.yaml', quoted('dependencies: [{ name: a, version: 1.0.0, repository: ', ' }]')],
    ['Chart.yaml', quoted('dependencies: [{ name: a, repository: "https://h", version: ', ' }]')],
    ['argo.yaml', quoted('apiVersion: argoproj.io/v1alpha1\\nkind: Application\\nspec: { source: { chart: c, targetRevision: 1.0.0, repoURL: ', ' } }')],
    ['argo.yaml', (text) => 'apiVersion: argoproj.io/v1alpha1\\nkind: Application\\nspec: { source: { chart: c, targetRevision: 1.0.0, repoURL: ' + JSON.stringify('oci://' + text + 'x') + ' } }'],
    ['flux.yaml', quoted('apiVersion: source.toolkit.fluxcd.io/v1\\nkind: OCIRepository\\nspec: { ref: { tag: 1.0.0 }, url: ', ' }')],
    ['flux.yaml', quoted('apiVersion: source.toolkit.fluxcd.io/v1\\nkind: GitRepository\\nspec: { ref: { tag: 1.0.0 }, url: ', ' }')],
    ['marked.txt.yaml', (text) => text.slice(0, 8000) + ' # lockkeeper: datasource=oci package=a/b'],
    ['marked.txt.yaml', (text) => ('x: ' + text.slice(0, 7000) + ' # lockkeeper: datasource=oci package=a/b\\n').repeat(100)],
    ['plain.yaml', (text) => text],
  ];
  const readers = {
    ...Object.fromEntries(files.map(([path, write], index) => [path + ' ' + index, (text) => (findReferences({ path, text: write(text) }), parseEnvironment({ path, text: write(text) }))])),
    object: (text) => diffObjects(object(text), object(text + 'x')),
    bundle: (text) => objectsIn('a.yaml', text),
    documents: (text) => readObjects(Buffer.from(text), { file: 'a.yaml' }, 'refused'),
    list: (text) => readObjects(Buffer.from('apiVersion: v1\\nkind: List\\nx: &x ' + text + '\\nitems:\\n' + '- *x\\n'.repeat(20000)), { file: 'a.yaml' }, 'refused'),
    stream: (text) => readObjects(Buffer.from('{"a": ' + JSON.stringify(text) + '}{' + text), { file: 'a.yaml' }, 'ignored'),
    attributes: (text) => parseAttributes('.gitattributes', text),
    version: parseVersion,
    image: parseImage,
    commits: (text) => makeEntries(Array(20).fill(commit(text)), [], '!'),
    revert: (text) => makeEntries([commit('Revert "' + text), commit('revert: ' + text), commit('feat: ' + text + ' (#1) x')], [], '!'),
    changelog: (text) => changelogBetween('# ' + text + 'x\\n' + text + '\\n---\\n', between),
    notes: (text) => harmlessMarkdown('# ' + text),
    heading: (text) => harmlessMarkdown('# ' + text.slice(0, 19000) + 'x'),
    line: harmlessLine,
    code: (text) => codeBlock(text, 'yaml'),
    summary: summaryText,
    index: (text) => cutIndex('entries:\\n  ' + text + '\\n'),
    names: (text) => cutIndex('entries:\\n' + ('  ' + text.slice(0, 1000).replaceAll('\\n', ' ') + 'x\\n').repeat(1000)),
    challenge: parseChallenges,
    link: (text) => nextPage('<a>; rel=' + text.slice(0, 16000), 'http://h/', 'http://h/'),
    marker: readMarker,
  };
  const pieces = ['/', '//', '-', '.', '1', '1.', '1-', 'a', 'a/', 'a:', '@', 'a@', ':', '#', '# ', ' #', ' ', '\\t', '\\n', '\\r', '\\r\\n', ' \\n', '"', "'", '\\\\', '{', '}', '[', '](', '<', '<!--', '\${', '{{', '(', '(#1)', '\`', '|', '|-', '>', '> ', '- ', '* ', '*', '_', '=', 'rc', 'rc1', '-rc.1', '.git', '/-/', '?ref=', '&', '&#', 'lockkeeper:', '# lockkeeper:\\n', '---\\n', '\\u2028', '\\0', '\\ud800', '; rel=', ',', '<!-- lockkeeper:update '];
  const length = 300_000;
  for (const [name, read] of Object.entries(readers)) {
    console.log(name);
    for (const piece of pieces) read(piece.repeat(length / piece.length));
  }
  console.log('done');
`;

test('no reader of texts from outside takes time out of proportion to the text', async () => {
  const child = startProgram(program);
  const limit = setTimeout(() => child.kill('SIGKILL'), deadline);
  const { out, code } = await ended(child);
  clearTimeout(limit);
  // The last name is the reader that did not come to its end.
  expect([out.trimEnd().split('\n').at(-1), code]).toEqual(['done', 0]);
}, 180_000);
