import { chooseArchive } from '../../../../src/adapters/cluster/control-plane/envtest-index.ts';

const url = 'https://index.example.com/envtest-releases.yaml';
const hash = 'ab'.repeat(64);
const linux = { os: 'linux', arch: 'amd64' };

const release = (version: string, platforms: readonly string[], base = 'https://archives.example.com'): string =>
  [
    `  v${version}:`,
    ...platforms.flatMap((platform) => {
      const name = `envtest-v${version}-${platform}.tar.gz`;
      return [`    ${name}:`, `      hash: ${hash}`, `      selfLink: ${base}/${name}`];
    }),
    '',
  ].join('\n');

const index = `releases:\n${release('1.36.2', ['linux-amd64', 'linux-s390x'])}${release('1.36.10', ['linux-amd64'])}${release('1.35.0', ['darwin-arm64'])}`;

test.each([
  ['1.36', linux, '1.36.10', 'linux-amd64'],
  ['1.36.2', linux, '1.36.2', 'linux-amd64'],
  ['1.36', { os: 'linux', arch: 's390x' }, '1.36.2', 'linux-s390x'],
  ['1.35', { os: 'darwin', arch: 'arm64' }, '1.35.0', 'darwin-arm64'],
])('%s for %j', (wanted, platform, version, file) => {
  expect(chooseArchive({ url, text: index }, wanted, platform)).toEqual({
    version,
    url: `https://archives.example.com/envtest-v${version}-${file}.tar.gz`,
    sha512: hash,
  });
});

const listing = (archive: string): string => `releases:\n  v1.36.2:\n    envtest-v1.36.2-linux-amd64.tar.gz: ${archive}\n`;
const link = 'selfLink: https://archives.example.com/a.tar.gz';

test.each<[string, string, string]>([
  ['a version that is not there', index.replaceAll('1.36', '1.30'), 'it lists no 1.36 (the newest is 1.35.0)'],
  ['another platform only', `releases:\n${release('1.36.2', ['darwin-arm64'])}`, 'it lists 1.36.2, and no archive of it for linux-amd64'],
  ['every line commented out', index.replaceAll(/^/gm, '# '), 'it is not the index that was expected: it has no releases'],
  ['a page instead', '<html><body>Sign in</body></html>', 'it is not the index that was expected: it has no releases'],
  ['a list instead', 'releases: [v1.36.2]', 'it is not the index that was expected: it has no releases'],
  ['nothing', '', 'it is not the index that was expected: it has no releases'],
  ['no releases', 'releases: {}', 'it lists no 1.36 (the newest is none)'],
  ['an archive that is a text', listing('hello'), 'the archive has no SHA-512 there'],
  ['a short hash', listing(`{ hash: abcd, ${link} }`), 'the archive has no SHA-512 there'],
  ['no hash', listing(`{ ${link} }`), 'the archive has no SHA-512 there'],
  ['no address', listing(`{ hash: "${hash}" }`), 'the archive has no address there'],
  ['a path for an address', listing(`{ hash: "${hash}", selfLink: ../a.tar.gz }`), 'the archive has no address there'],
  ['plain http', listing(`{ hash: "${hash}", selfLink: "http://archives.example.com/a" }`), "the archive's address is not https (http:)"],
  ['a file', listing(`{ hash: "${hash}", selfLink: "file:///etc/passwd" }`), "the archive's address is not https (file:)"],
])('an index with %s is refused', (_, text, why) => {
  expect(() => chooseArchive({ url, text }, '1.36', linux)).toThrow(why);
});
