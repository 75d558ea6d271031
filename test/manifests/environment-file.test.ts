import { protectedKinds } from '../../src/domain/environment.ts';
import { type ParsedEnvironment, parseEnvironment } from '../../src/manifests/environment-file.ts';

const parse = (text: string): ParsedEnvironment => parseEnvironment({ path: 'environment.yml', text });
const warned = (text: string): string[] => parse(text).warnings.map(({ line, message }) => `${line} ${message}`);
const sha256 = '9'.repeat(64);

test('the example of the design', () => {
  const { environment, warnings } = parse(`# environment.yml
name: production
manifests:
  - manifests/                                                             # a folder
  - https://nexus.example.com/repository/manifests/billing/billing-1.4.2.tar.gz     # a bundle
  - url: https://nexus.example.com/repository/manifests/search/search-2.0.1.tar.gz
    sha256: ${sha256}
apps:
  billing: { owner: team-payments, source: gitlab:payments/billing, namespace: billing }
prune:
  protect: [PersistentVolumeClaim]
`);
  expect(warnings).toEqual([]);
  expect(environment).toEqual({
    name: 'production',
    manifests: [
      { path: 'manifests' },
      { url: 'https://nexus.example.com/repository/manifests/billing/billing-1.4.2.tar.gz' },
      { url: 'https://nexus.example.com/repository/manifests/search/search-2.0.1.tar.gz', sha256 },
    ],
    apps: { billing: { owner: 'team-payments', source: 'gitlab:payments/billing', namespace: 'billing' } },
    prune: { protect: ['PersistentVolumeClaim'] },
  });
});

test.each(['', '# nothing\n', 'name:\nmanifests:\napps:\nprune:\n', 'apps: {}\n'])('what is not said has its default: %j', (text) => {
  expect(parse(text)).toEqual({
    environment: { manifests: [], apps: {}, prune: { protect: protectedKinds } },
    lines: [],
    warnings: [],
    mistakes: [],
  });
});

test.each([
  ['name: [a]\n', '1 name is a text'],
  ['\nmanifest: []\n', '2 environment.yml has no key "manifest": did you mean "manifests"?'],
  ['something: 1\n', '1 environment.yml has no key "something"; known are name, manifests, apps, prune'],
  ['name: a\nname: b\n', '2 name stands twice in environment.yml: the first one counts'],
  ['- a\n', '1 environment.yml is a mapping of keys and values'],
  ['manifests: manifests/\n', '1 manifests is a list'],
  ['manifests:\n  - ../other\n', '2 a path of manifests is relative to the repository'],
  ['manifests: [/etc]\n', '1 a path of manifests is relative to the repository'],
  ['manifests: ["oci://n/a:1"]\n', '1 only http and https URLs can be bundles'],
  ['manifests:\n  - sha256: a\n', '2 an entry of manifests is a path, a URL, or a mapping with url and sha256: url is missing'],
  ['manifests:\n  - url: https://n/a-1.2.3.tgz\n    sha256: abc\n', '3 sha256 is 64 hexadecimal digits'],
  ['manifests: [{url: manifests/}]\n', '1 url is an http or https URL'],
  ['manifests: [[a]]\n', '1 an entry of manifests is a mapping of keys and values'],
  ['apps:\n  billing:\n    source: payments/billing\n', '3 apps.billing.source is FORGE:PATH, like gitlab:payments/billing'],
  ['apps:\n  billing: {ownr: x}\n', '2 apps.billing has no key "ownr": did you mean "owner"?'],
  ['apps: [billing]\n', '1 apps is a mapping of keys and values'],
  ['prune: {protect: all}\n', '1 prune.protect is a list'],
  ['name: a\n---\nname: b\n', '3 has more than one document: only the first counts'],
  ['name: [\n', '1 is no YAML: '],
])('%j is told with its line', (text, wanted) => {
  expect(warned(text)).toEqual([expect.stringContaining(wanted)]);
});

test('beside a mistake the rest counts, and a credential is not shown', () => {
  const text =
    'name: a\nmanifests: [../x, b, "https://bot:hunter2@n/c-1.0.0.tgz"]\napps: {__proto__: {owner: x}, c: {source: bad, owner: y}}\n';
  const { environment, warnings } = parse(text);
  expect(environment).toMatchObject({ name: 'a', manifests: [{ path: 'b' }, {}], apps: { c: { owner: 'y' } } });
  expect(Object.keys(environment.apps)).toEqual(['__proto__', 'c']);
  expect(warnings.map(({ line }) => line)).toEqual([2, 2, 3]);
  expect(JSON.stringify(warnings)).not.toContain('hunter2');
});
