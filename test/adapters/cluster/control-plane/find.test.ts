import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries } from '../../../../src/adapters/cluster/control-plane/find.ts';
import { etcd, kubernetes, saying, writePrograms } from '../../../support/played-programs.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
const platform = { os: 'linux', arch: 'amd64' };

const both = (version: string) => ({ 'kube-apiserver': saying(kubernetes(version)), etcd: saying(etcd('3.6.8')) });
const place = (name: string): string => join(folder(), name);
const cached = (version: string): string => `cache/lockkeeper/control-plane/${version}-linux-amd64`;
const env = (more: Readonly<Record<string, string>> = {}) => ({ PATH: place('empty'), XDG_CACHE_HOME: place('cache'), ...more });

/** The way, and where below the test's folder the API server lies. */
async function found(wanted: string | undefined, places: Parameters<typeof findBinaries>[1]): Promise<readonly [string?, string?]> {
  const { found: one } = await findBinaries(wanted, { platform, ...places });
  return one === undefined ? [] : [one.way, one.binaries.apiserver.slice(folder().length + 1, -'/kube-apiserver'.length)];
}

test('the named folder goes before the PATH, the PATH before the cache', async () => {
  for (const name of ['assets', 'configured', 'bin', cached('1.36.3')]) writePrograms(place(name), both('1.36.3'));
  const configured = place('configured');
  expect(await found('1.36', { env: env({ KUBEBUILDER_ASSETS: place('assets'), PATH: place('bin') }), configured })).toEqual([
    'directory',
    'assets',
  ]);
  expect(await found('1.36', { env: env({ PATH: place('bin') }), configured })).toEqual(['directory', 'configured']);
  expect(await found('1.36', { env: env({ PATH: `${place('nowhere')}:${place('bin')}` }) })).toEqual(['path', 'bin']);
  expect(await found('1.36', { env: env() })).toEqual(['cache', cached('1.36.3')]);
});

test('another version than the wanted one is left, and that is said', async () => {
  writePrograms(place('assets'), both('1.35.4'));
  writePrograms(place('bin'), both('1.34.1'));
  writePrograms(place(cached('1.36.2')), both('1.36.2'));
  const places = { env: env({ KUBEBUILDER_ASSETS: place('assets'), PATH: place('bin') }), platform };
  const { found: one, missed } = await findBinaries('1.36', places);
  expect(one).toMatchObject({ way: 'cache', binaries: { version: '1.36.2' } });
  expect(missed).toEqual([
    { way: 'directory', why: `KUBEBUILDER_ASSETS: ${place('assets')}/kube-apiserver is version 1.35.4, and 1.36 is wanted` },
    { way: 'path', why: `PATH: ${place('bin')}/kube-apiserver is version 1.34.1, and 1.36 is wanted` },
  ]);
  expect(await found(undefined, places)).toEqual(['directory', 'assets']);
});

test('of the cache the newest that fits is taken, for this platform', async () => {
  for (const version of ['1.36.2', '1.36.10', '1.35.4']) writePrograms(place(cached(version)), both(version));
  writePrograms(place('cache/lockkeeper/control-plane/1.36.11-linux-arm64'), both('1.36.11'));
  expect(await found('1.36', { env: env() })).toEqual(['cache', cached('1.36.10')]);
  expect(await found('1.36.2', { env: env() })).toEqual(['cache', cached('1.36.2')]);
  expect(await found(undefined, { env: env() })).toEqual(['cache', cached('1.36.10')]);
});

test('the cache lies below XDG_CACHE_HOME where that is an absolute path, else below the home folder', async () => {
  writePrograms(place('home/.cache/lockkeeper/control-plane/1.36.3-linux-amd64'), both('1.36.3'));
  const home = ['cache', 'home/.cache/lockkeeper/control-plane/1.36.3-linux-amd64'];
  expect(await found('1.36', { env: { HOME: place('home') } })).toEqual(home);
  expect(await found('1.36', { env: { HOME: place('home'), XDG_CACHE_HOME: 'relative' } })).toEqual(home);
});

test('etcd may be on the PATH instead of beside the API server', async () => {
  writePrograms(place('assets'), { 'kube-apiserver': saying(kubernetes('1.36.3')) });
  writePrograms(place('bin'), { etcd: saying(etcd('3.4.23')) });
  const { found: one } = await findBinaries(undefined, { env: env({ KUBEBUILDER_ASSETS: place('assets'), PATH: place('bin') }), platform });
  expect(one?.binaries).toEqual({ apiserver: place('assets/kube-apiserver'), etcd: place('bin/etcd'), version: '1.36.3' });
});

test.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['nothing', {}, /kube-apiserver cannot be run: there is no such file/],
  ['no etcd', { 'kube-apiserver': saying(kubernetes('1.36.3')) }, /has no etcd, and there is none on the PATH/],
  [
    'a program of another name',
    { ...both('1.36.3'), 'kube-apiserver': saying('nginx 1.27') },
    /--version said "nginx 1\.27.*which is not what it says/,
  ],
  ['an etcd that is none', { ...both('1.36.3'), etcd: saying('hello') }, /etcd --version said "hello/],
  ['a program for another machine', { ...both('1.36.3'), 'kube-apiserver': '\u007fELF nonsense' }, /kube-apiserver cannot be run: /],
  [
    'a program that fails',
    { ...both('1.36.3'), 'kube-apiserver': '#!/bin/sh\necho broken library >&2\nexit 127\n' },
    /cannot be run: .*broken library/,
  ],
])('a folder with %s does not do, and it is said why', async (_, programs, why) => {
  writePrograms(place('assets'), programs);
  const { found: one, missed } = await findBinaries('1.36', { env: env({ KUBEBUILDER_ASSETS: place('assets') }), platform });
  expect(one).toBeUndefined();
  expect(missed[0]?.why).toMatch(why);
});

test('a program that may not be executed does not do', async () => {
  writePrograms(place('assets'), both('1.36.3'));
  chmodSync(place('assets/kube-apiserver'), 0o644);
  const { missed } = await findBinaries('1.36', { env: env({ KUBEBUILDER_ASSETS: place('assets') }), platform });
  expect(missed[0]?.why).toMatch(/cannot be run: it is not executable$/);
});

test('where there is nothing, each place says so', async () => {
  mkdirSync(place('cache/lockkeeper/control-plane/1.36.3-linux-amd64'), { recursive: true });
  writeFileSync(place('cache/lockkeeper/control-plane/README'), '');
  const { missed } = await findBinaries('1.35', { env: env(), platform });
  expect(missed).toEqual([
    { way: 'directory', why: 'KUBEBUILDER_ASSETS is not set, and app.yml has no validation.binaries' },
    { way: 'path', why: 'there is no kube-apiserver on the PATH' },
    { way: 'cache', why: `${place('cache/lockkeeper/control-plane')} has no Kubernetes 1.35 yet` },
  ]);
});
