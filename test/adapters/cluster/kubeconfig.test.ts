import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigText } from '../../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { readKubeconfig } from '../../../src/adapters/cluster/kubeconfig.ts';
import { UsageError } from '../../../src/domain/errors.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();

function read(text: string, context?: string, files: Readonly<Record<string, string>> = {}) {
  for (const [name, content] of Object.entries({ ...files, kubeconfig: text })) writeFileSync(join(folder(), name), content);
  return readKubeconfig(join(folder(), 'kubeconfig'), context);
}

const config = (user: string, cluster = 'server: "https://k8s.example.com:6443/"') => `
current-context: staging
contexts:
  - { name: staging, context: { cluster: c, user: u } }
  - { name: other, context: { cluster: d, user: u } }
clusters:
  - { name: c, cluster: { ${cluster} } }
  - { name: d, cluster: { server: "https://other:6443", insecure-skip-tls-verify: true, tls-server-name: kube } }
users:
  - { name: u, user: { ${user} } }
`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each<[string, string, string | undefined, object]>([
  ['a token', config('token: secret'), undefined, { url: 'https://k8s.example.com:6443', token: 'secret' }],
  ['another context', config('token: secret'), 'other', { url: 'https://other:6443', token: 'secret', insecure: true, serverName: 'kube' }],
  [
    'certificates in the file',
    config(
      `client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}`,
      `server: "https://h", certificate-authority-data: ${base64('CA')}`,
    ),
    undefined,
    { url: 'https://h', ca: 'CA', certificate: 'CERT', key: 'KEY' },
  ],
  [
    'files beside it',
    config('client-certificate: cert.pem, client-key: key.pem, tokenFile: token', 'server: "https://h", certificate-authority: ca.pem'),
    undefined,
    { url: 'https://h', ca: 'CA', certificate: 'CERT', key: 'KEY', token: 'T' },
  ],
])('%s', (_, text, context, address) => {
  expect(read(text, context, { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY', token: 'T\n' })).toEqual(address);
});

test('what apiserver run prints is read', () => {
  const address = { url: 'https://127.0.0.1:6443', ca: 'CA', token: 'T' };
  expect(read(kubeconfigText(address))).toEqual(address);
});

test.each<[string, string, string | undefined, RegExp]>([
  ['no YAML', 'a: [', undefined, /is no YAML/],
  ['no current context', 'contexts: []', undefined, /no current-context; name one under context/],
  ['no such context', config(''), 'none', /has no context none/],
  ['no server', config('', 'x: y'), undefined, /the cluster of context staging has no server/],
  ['a plugin', config('exec: { command: aws }'), undefined, /uses exec, which is not supported: give it the token of a service account/],
  ['a missing file', config('tokenFile: none'), undefined, /none, which the kubeconfig .* names, cannot be read \(ENOENT\)/],
])('%s is told', (_, text, context, message) => {
  expect(() => read(text, context)).toThrow(UsageError);
  expect(() => read(text, context)).toThrow(message);
});
