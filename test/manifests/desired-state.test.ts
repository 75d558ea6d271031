import { createHash } from 'node:crypto';
import { OutsideError } from '../../src/domain/errors.ts';
import { readManifests } from '../../src/manifests/archive.ts';
import { type BundleFiles, BundleMemory, createBundles } from '../../src/manifests/bundles.ts';
import { readDesiredState } from '../../src/manifests/desired-state.ts';
import { type Entry, gzipped, streamOf, tarOf } from '../support/tar.ts';

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
const bundles = (served: Readonly<Record<string, Buffer | Error>> = {}, asked: string[] = []) =>
  createBundles((url) => {
    asked.push(url);
    const found = served[url];
    if (found instanceof Error) return Promise.reject(found);
    return Promise.resolve(found && streamOf(found));
  }, new BundleMemory());

async function read(files: Readonly<Record<string, string>> | readonly Entry[], from = bundles()) {
  const entries = Array.isArray(files) ? files : Object.entries(files).map(([name, content]): Entry => ({ name, content }));
  const tar = await tarOf(entries.map((entry: Entry) => ({ ...entry, name: `top/${entry.name}` })));
  const state = await readDesiredState(readManifests(streamOf(tar), 'local:staging'), from);
  return {
    ...state,
    names: state.objects.map(({ name }) => name),
    told: state.findings.map(({ severity, rule, file, line, message }) => `${severity} ${rule} ${file}:${line} ${message}`),
  };
}

test('temporary access in a file or a bundle is an error at its label, whatever carries it and whatever it says', async () => {
  const posing = (name: string, label: string) =>
    `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: ${name}\n  labels:\n    app: x\n    ${label}\n`;
  const url = 'https://nexus.example.com/r/b-1.0.0.tar.gz';
  const tar = gzipped(await tarOf([{ name: 'b.yaml', content: posing('bundled', '"lockkeeper.dev/grant": g1') }]));
  const { told, names, findings } = await read(
    {
      'environment.yml': `name: staging\nmanifests: [manifests, "${url}"]\n`,
      'manifests/a.yaml': `${config('a')}---\n${posing('b', 'lockkeeper.dev/grant:')}---\n${posing('c', 'lockkeeper.dev/grants: g1')}`,
    },
    bundles({ [url]: tar }),
  );
  expect(names).toEqual(['a', 'b', 'c', 'bundled']);
  expect(told).toEqual([
    'error grant manifests/a.yaml:11 rbac.authorization.k8s.io/RoleBinding/b carries the label lockkeeper.dev/grant, which only temporary access has',
    expect.stringMatching(/^error grant .*b\.yaml:7 rbac.authorization.k8s.io\/RoleBinding\/bundled carries/),
  ]);
  expect(findings[0]).toMatchObject({ object: { kind: 'RoleBinding', name: 'b' }, help: expect.stringContaining('access/') });
});

test('folders, files and bundles in the order of environment.yml, files by path, each once', async () => {
  const tar = gzipped(
    await tarOf([
      { name: 'b/z.yaml', content: config('z') },
      { name: 'b/a.json', content: '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"}}' },
    ]),
  );
  const url = 'https://bot:secret@nexus.example.com/r/b-1.0.0.tar.gz?token=x';
  const { names, told, complete, environment, objects } = await read(
    {
      'environment.yml': `name: staging\nmanifests:\n  - last/one.yml\n  - ${url}\n  - ./manifests/\n  - manifests/a.yaml\n`,
      'last/one.yml': config('one'),
      'last/other.yml': config('other'),
      'manifests/z.yml': config('mz'),
      'manifests/a.yaml': config('ma'),
      'manifests/deep/x.yaml': config('mx'),
      'manifests/README.md': 'text',
      'values.yaml': 'image: x\n',
    },
    bundles({ [url]: tar }),
  );
  expect(names).toEqual(['one', 'p', 'z', 'ma', 'mx', 'mz']);
  expect(told).toEqual([expect.stringContaining('warning environment environment.yml:4 this URL holds credentials')]);
  expect({ complete, name: environment.name }).toEqual({ complete: true, name: 'staging' });
  const shown = 'https://nexus.example.com/r/b-1.0.0.tar.gz';
  expect(objects[1]?.place).toEqual({ file: `${shown}!/b/a.json`, line: 1, bundle: shown });
  expect(objects[3]?.place).toEqual({ file: 'manifests/a.yaml', line: 1 });
});

test('without environment.yml every file that holds objects counts, and no other is complained of', async () => {
  const { names, told, complete } = await read({
    '.gitlab-ci.yml': 'job: {script: [x]}\n',
    '.github/workflows/x.yml': config('no'),
    'access/shop/alice.yml': 'user: alice\n',
    'values.yaml': 'image: x\n',
    'package.json': '{"name": "x"}',
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\n',
    'charts/web/templates/all.yaml': 'metadata: {{ .Values.x }}\n{{- end }}',
    'deep/er/a.yaml': config('a'),
    'b.yml': config('b'),
  });
  expect({ names, told, complete }).toEqual({ names: ['b', 'a'], told: [], complete: true });
});

test.each<[string, readonly Entry[], string]>([
  [
    'an environment of nothing but a new, empty folder',
    [
      { name: 'environment.yml', content: 'manifests: [manifests]\n' },
      { name: 'manifests/', type: 'directory' },
    ],
    'leads to no manifest',
  ],
  ['a folder of other things', [{ name: 'README.md', content: 'x' }], 'is not there, and no file here holds a Kubernetes object'],
])('%s holds nothing to judge, which is said', async (_, entries, expected) => {
  const { names, told, complete } = await read(entries);
  expect({ names, told, complete }).toEqual({ names: [], told: [`warning environment environment.yml:1 ${expected}`], complete: true });
});

test.each<[string, readonly Entry[], readonly string[]]>([
  [
    'entries that are not there',
    [{ name: 'environment.yml', content: 'manifests:\n  - manifest/\n  - a.txt\n' }],
    [
      'error environment environment.yml:2 manifests names manifest, which is not in the repository',
      'error environment environment.yml:3 manifests names a.txt, which is not in the repository',
    ],
  ],
  [
    'an unknown key',
    [{ name: 'environment.yml', content: 'manifest: [a]\nmanifests: [.]\n' }],
    ['error environment environment.yml:1 environment.yml has no key "manifest": did you mean "manifests"?'],
  ],
  [
    'no manifests',
    [{ name: 'environment.yml', content: 'name: x\n' }],
    ['warning environment environment.yml:1 names no manifests: nothing is wanted in this environment'],
  ],
  [
    'links in a folder that counts, not elsewhere',
    [
      { name: 'environment.yml', content: 'manifests: [m]\n' },
      { name: 'm/x.yaml', type: 'symlink', linkname: '../y.yaml' },
      { name: 'm/more', type: 'symlink', linkname: '../more' },
      { name: 'z.yaml', type: 'symlink', linkname: 'y.yaml' },
    ],
    [
      'error yaml m/x.yaml:1 is a link, which is not followed: what it leads to is read where it lies',
      'error yaml m/more:1 is a link, which is not followed: what it leads to is read where it lies',
    ],
  ],
  [
    'what is no object in a folder that counts',
    [
      { name: 'environment.yml', content: 'manifests: [.]\n' },
      { name: 'values.yaml', content: 'a: 1\n' },
    ],
    ['error yaml values.yaml:1 is no Kubernetes object: it lacks apiVersion and kind'],
  ],
  [
    'what cannot be read where all counts',
    [{ name: 'a.yaml', content: 'a: [\n' }],
    [expect.stringContaining('error yaml a.yaml:1 is no YAML')],
  ],
])('%s: told, and the state is not complete', async (_, entries, expected) => {
  const { told, complete } = await read(entries);
  expect({ told, complete }).toEqual({ told: expected, complete: false });
});

test.each([
  ['manifests/x', 'error'],
  ['manifests', 'error'],
  ['/manifests/*.yaml', 'error'],
  ['x.yaml', 'error'],
  ['drafts', 'error'],
  ['**/shop.example.com/', 'error'],
  ['/docs/', 'warning'],
  ['/manifests-of-old', 'warning'],
  ['docs/manifests/*', 'warning'],
  ['*.md', 'warning'],
  ['.github', 'warning'],
])('%s, which .gitattributes hides, is told as %s, and where it may count the state is not complete', async (pattern, severity) => {
  const { told, complete } = await read({
    'environment.yml': 'manifests: [manifests/]\n',
    '.gitattributes': `${pattern} export-ignore\n*.bat eol=crlf\n`,
    'manifests/a.yaml': config('a'),
  });
  expect(told).toEqual([expect.stringContaining(`${severity} environment .gitattributes:1 export-ignore keeps "${pattern}"`)]);
  expect(complete).toBe(severity === 'warning');
});

test('where every file counts, what is hidden counts', async () => {
  const { told, complete } = await read({ '.gitattributes': '/x/ export-ignore\n', 'a.yaml': config('a') });
  expect([told[0]?.slice(0, 36), complete]).toEqual(['error environment .gitattributes:1 e', false]);
});

describe('bundles', () => {
  const url = 'https://nexus.example.com/r/b-1.0.0.tar';
  const of = (entry: string) => ({ 'environment.yml': `manifests:\n  - own.yaml\n  - ${entry}\n`, 'own.yaml': config('own') });

  test.each<[string, string, Buffer | Error | undefined, readonly (string | RegExp)[]]>([
    ['missing', url, undefined, [`error bundle environment.yml:3 there is no bundle at ${url}`]],
    [
      'unreachable',
      url,
      new OutsideError('nexus.example.com', 'GET nexus.example.com/r: connect ECONNREFUSED'),
      [`error bundle-unreachable environment.yml:3 the bundle ${url} could not be fetched: GET nexus.example.com/r: connect ECONNREFUSED`],
    ],
    ['without manifests', url, Buffer.alloc(1024), [`error bundle environment.yml:3 the bundle ${url} holds no manifest`]],
    ['damaged', url, Buffer.from('no tar'.repeat(200)), [/^error bundle environment\.yml:3 https.*no tar that can be read/]],
  ])('one that is %s', async (_, entry, served, expected) => {
    const { told, complete, names } = await read(of(entry), bundles(served === undefined ? {} : { [url]: served }));
    expect(told).toEqual(expected.map((text) => (typeof text === 'string' ? text : expect.stringMatching(text))));
    expect({ complete, names }).toEqual({ complete: false, names: ['own'] });
  });

  test('what is refused or wrong in one is told with its place, the rest is used', async () => {
    const tar = await tarOf([
      { name: '../x.yaml', content: config('x') },
      { name: 'link.yaml', type: 'symlink', linkname: '/etc/passwd' },
      { name: './ok.yaml', content: config('ok') },
      { name: '._ok.yaml', content: Buffer.from([0, 5, 22, 7]) },
      { name: 'metadata.json', content: '{"source": "https://git.example.com/b"}' },
      { name: 'bad.yaml', content: `${config('fine')}---\nkind: [\n` },
    ]);
    const { told, names } = await read(of(url), bundles({ [url]: tar }));
    expect(names).toEqual(['own', 'fine', 'ok']);
    expect(told).toEqual([
      expect.stringContaining("environment.yml:3 https://nexus.example.com/r/b-1.0.0.tar: The bundle's entry `../x.yaml` was refused"),
      expect.stringContaining("The bundle's entry `link.yaml` was refused: it is a symlink"),
      expect.stringContaining(`error yaml ${url}!/bad.yaml:5 is no YAML`),
    ]);
  });

  test('a pinned checksum is held against the download; another one uses nothing', async () => {
    const tar = await tarOf([{ name: 'a.yaml', content: config('a') }]);
    const sum = createHash('sha256').update(tar).digest('hex');
    const right = await read(of(`{ url: '${url}', sha256: ${sum.toUpperCase()} }`), bundles({ [url]: tar }));
    expect(right).toMatchObject({ names: ['own', 'a'], told: [], complete: true });
    const wrong = await read(of(`{ url: '${url}', sha256: ${'0'.repeat(64)} }`), bundles({ [url]: tar }));
    expect(wrong).toMatchObject({ names: ['own'], complete: false });
    expect(wrong.told).toEqual([
      `error bundle environment.yml:3 the bundle ${url} has the checksum ${sum}, and sha256 pins ${'0'.repeat(64)}: nothing of it is used`,
    ]);
  });

  test('a URL of one YAML file', async () => {
    const file = 'https://example.com/releases/v1/install.yaml';
    const { names, objects } = await read(of(file), bundles({ [file]: Buffer.from(config('i')) }));
    expect(names).toEqual(['own', 'i']);
    expect(objects[1]?.place.file).toBe(`${file}!/install.yaml`);
  });

  test('one is fetched once for all who ask, and a pinned one not again', async () => {
    const tar = await tarOf([{ name: 'a.yaml', content: config('a') }]);
    const sha256 = createHash('sha256').update(tar).digest('hex');
    const asked: string[] = [];
    const memory = new BundleMemory();
    const run = () =>
      createBundles((at) => {
        asked.push(at);
        return Promise.resolve(streamOf(tar));
      }, memory);
    const first = run();
    await Promise.all([first.read(url), first.read(url, sha256), first.read(url)]);
    expect(asked).toEqual([url]);
    await run().read(`${url}?other`, sha256);
    expect(asked).toEqual([url]);
    await run().read(url);
    expect(asked).toEqual([url, url]);
  });

  test('the memory of bundles is bounded: the one used longest ago goes', () => {
    const memory = new BundleMemory(100);
    const bundle = (sha256: string): BundleFiles => ({ sha256, problems: [], files: [{ path: 'a.yaml', bytes: new Uint8Array(40) }] });
    for (const sum of ['1', '2']) memory.put(bundle(sum));
    memory.get('1');
    memory.put(bundle('3'));
    expect(['1', '2', '3'].map((sum) => memory.get(sum)?.sha256)).toEqual(['1', undefined, '3']);
  });
});
