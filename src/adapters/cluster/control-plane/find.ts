import { access, constants, stat } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { explain } from '../../../domain/errors.ts';
import { fits } from '../../../domain/kubernetes-version.ts';
import { type Binaries, etcdVersion, kubernetesVersion } from './binaries.ts';
import { cachedFolders, cacheFolder } from './cache.ts';
import { type Platform, thisMachine } from './platform.ts';

/** How the programs were come by, in the order that is tried. */
export type Way = 'directory' | 'path' | 'cache' | 'archive' | 'build';

/** A way that did not do. */
export interface Missed {
  readonly way: Way;
  /** Where was looked, and why that did not do, for people. */
  readonly why: string;
}

export interface Found {
  readonly way: Way;
  readonly binaries: Binaries;
}

/** Where programs may lie already. */
export interface Places {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `validation.binaries` of app.yml, absolute. */
  readonly configured?: string | undefined;
  readonly platform?: Platform;
}

/** Looks in the folders that were named, the PATH and the cache; gives what fits, and why what was looked at before does not. `wanted`: as `wantedVersion` gives it. */
export async function findBinaries(
  wanted: string | undefined,
  where: Places,
): Promise<{ readonly found?: Found; readonly missed: readonly Missed[] }> {
  const missed: Missed[] = [];
  for await (const place of places(wanted, where)) {
    if ('why' in place) {
      missed.push(place);
      continue;
    }
    const { way, folder, from } = place;
    try {
      return { found: { way, binaries: await inFolder(folder, wanted, where) }, missed };
    } catch (error) {
      missed.push({ way, why: `${from}: ${explain(error)}` });
    }
  }
  return { missed };
}

interface Place {
  readonly way: Way;
  readonly folder: string;
  /** For people. */
  readonly from: string;
}

/** Where to look, in order, and what there is not to look at. */
async function* places(wanted: string | undefined, { env, configured, platform = thisMachine }: Places): AsyncGenerator<Place | Missed> {
  const assets = env['KUBEBUILDER_ASSETS'] ?? '';
  if (assets !== '') yield { way: 'directory', folder: resolve(assets), from: 'KUBEBUILDER_ASSETS' };
  if (configured !== undefined) yield { way: 'directory', folder: configured, from: 'validation.binaries of app.yml' };
  if (assets === '' && configured === undefined)
    yield { way: 'directory', why: 'KUBEBUILDER_ASSETS is not set, and app.yml has no validation.binaries' };
  const onPath = await whichFolder('kube-apiserver', env);
  yield onPath === undefined
    ? { way: 'path', why: 'there is no kube-apiserver on the PATH' }
    : { way: 'path', folder: onPath, from: 'PATH' };
  const cache = cacheFolder(env);
  const cached = await cachedFolders(cache, wanted, platform);
  if (cached.length === 0) yield { way: 'cache', why: `${cache} has no Kubernetes${wanted === undefined ? '' : ` ${wanted}`} yet` };
  for (const folder of cached) yield { way: 'cache', folder, from: 'cache' };
}

/** Throws an Error that says why not. */
async function inFolder(folder: string, wanted: string | undefined, { env }: Places): Promise<Binaries> {
  const apiserver = join(folder, 'kube-apiserver');
  const version = await kubernetesVersion(apiserver);
  if (!fits(version, wanted)) throw new Error(`${apiserver} is version ${version}, and ${wanted} is wanted`);
  return { apiserver, version, etcd: await etcdFor(folder, env) };
}

/** The one that lies there, else the one on the PATH. Throws an Error when there is none that runs. */
export async function etcdFor(folder: string, env: Places['env']): Promise<string> {
  const beside = join(folder, 'etcd');
  const onPath = await whichFolder('etcd', env);
  if (!(await isExecutable(beside)) && onPath === undefined) throw new Error(`${folder} has no etcd, and there is none on the PATH`);
  const etcd = (await isExecutable(beside)) || onPath === undefined ? beside : join(onPath, 'etcd');
  await etcdVersion(etcd);
  return etcd;
}

/** The folder of the PATH in which a program of that name lies. */
async function whichFolder(name: string, env: Places['env']): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((one) => one !== '')) {
    if (await isExecutable(join(folder, name))) return resolve(folder);
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
