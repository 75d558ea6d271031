import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKubeconfig } from '../../../src/adapters/cluster/kubeconfig.ts';
import { OutsideError, UsageError } from '../../../src/domain/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
const file = join(folder, 'config');
afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function write(user: object, cluster: object = {}, current: string | undefined = 'main'): void {
  const config = {
    'current-context': current,
    contexts: [
      { name: 'main', context: { cluster: 'one', user: 'me' } },
      { name: 'other', context: { cluster: 'two' } },
    ],
    clusters: [
      { name: 'one', cluster: { server: 'https://one.example.com:6443/', ...cluster } },
      { name: 'two', cluster: { server: 'https://two.example.com' } },
    ],
    users: [{ name: 'me', user }],
  };
  writeFileSync(file, JSON.stringify(config));
}

function plugin(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!${process.execPath}\n${body}`);
  chmodSync(path, 0o755);
  return `./${name}`;
}

const exec = (command: string, more: object = {}) => ({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command, ...more } });

test.each([
  ['a token', { token: 'secret' }, {}, { token: 'secret' }],
  [
    'certificates in the file',
    { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
    {},
    { certificate: 'CERT', key: 'KEY' },
  ],
  ['its own authority', { token: 't' }, { 'certificate-authority-data': base64('CA') }, { token: 't', ca: 'CA' }],
  [
    'no verification, which needs no authority',
    {},
    { 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64('CA') },
    { insecure: true },
  ],
  ['another name in the certificate', {}, { 'tls-server-name': 'kubernetes' }, { serverName: 'kubernetes' }],
])('reads %s', async (_, user, cluster, expected) => {
  write(user, cluster);
  expect(await readKubeconfig({ kubeconfig: file })).toEqual({ url: 'https://one.example.com:6443', ...expected });
});

test('files are found beside the kubeconfig, and a token file wins over a token', async () => {
  writeFileSync(join(folder, 'ca.pem'), 'CA');
  writeFileSync(join(folder, 'token'), 'fresh\n');
  write({ token: 'stale', tokenFile: 'token' }, { 'certificate-authority': 'ca.pem' });
  expect(await readKubeconfig({ kubeconfig: file })).toEqual({ url: 'https://one.example.com:6443', ca: 'CA', token: 'fresh' });
});

test('a context is chosen by its name', async () => {
  write({});
  expect(await readKubeconfig({ kubeconfig: file, context: 'other' })).toEqual({ url: 'https://two.example.com' });
});

test('an exec plugin is run without a shell and told what it asks for', async () => {
  const body = `const { apiVersion, spec } = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
    process.stdout.write(JSON.stringify({ status: { token: [apiVersion, spec.interactive, spec.cluster.server, process.env.PROFILE, ...process.argv.slice(2)].join(' ') } }));`;
  write(exec(plugin('login', body), { args: ['get', '$(id); a b'], env: [{ name: 'PROFILE', value: 'blue' }], provideClusterInfo: true }));
  const { token } = await readKubeconfig({ kubeconfig: file });
  expect(token).toBe('client.authentication.k8s.io/v1 false https://one.example.com:6443/ blue get $(id); a b');
});

test.each([
  ['an unknown context', {}, 'elsewhere', 'has no context "elsewhere" under contexts; it has main, other'],
  ['impersonation', { as: 'admin' }, 'main', 'uses as, which Lockkeeper does not'],
  ['a plugin that is not there', exec('./nowhere'), 'main', 'cannot be started: is it installed?'],
  [
    'a plugin of an old version',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } },
    'main',
    'has another apiVersion',
  ],
  ['a file that is not there', { tokenFile: 'nowhere' }, 'main', 'nowhere, which cannot be read (ENOENT)'],
])('refuses %s', async (_, user, context, message) => {
  write(user);
  const reading = readKubeconfig({ kubeconfig: file, context });
  await expect(reading).rejects.toThrow(message);
  await expect(readKubeconfig({ kubeconfig: file, context })).rejects.toBeInstanceOf(UsageError);
});

test.each([
  ['fails', 'process.stderr.write("no session"); process.exit(3)', 'ended with 3: no session'],
  ['gives nothing', 'process.stdout.write("secret")', 'gave no token and no certificate'],
])('a plugin that %s is something outside, and its output is in no error', async (name, body, message) => {
  write(exec(plugin(name.replace(' ', '-'), body)));
  const error: unknown = await readKubeconfig({ kubeconfig: file }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OutsideError);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain('secret');
});

test('a file that is no YAML is not quoted', async () => {
  writeFileSync(file, 'token: *secret');
  await expect(readKubeconfig({ kubeconfig: file })).rejects.toThrow(new UsageError(`${file} is no YAML`));
});

test('a file without a current context says what to do', async () => {
  write({}, {}, '');
  await expect(readKubeconfig({ kubeconfig: file })).rejects.toThrow('name one as context');
});
