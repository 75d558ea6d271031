import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, OutsideError } from '../../../domain/errors.ts';
import { newestKnown } from '../../../domain/kubernetes-version.ts';
import { type Binaries, etcdVersion, kubernetesVersion } from './binaries.ts';
import { cacheFolder, versionFolder } from './cache.ts';
import { inUnfinishedFolder, lockCache } from './cache-lock.ts';
import { downloadArchive } from './envtest-archive.ts';
import { etcdFor, type Found, findBinaries, type Missed, type Way } from './find.ts';
import { buildFromSource } from './go-build.ts';
import type { Obtaining } from './obtaining.ts';

/** Programs, the way they were come by, and why the ways before it did not do. */
export interface Obtained extends Found {
  readonly missed: readonly Missed[];
}

/** The ways that take long, in the order that they are tried. Each puts the programs into the folder and gives the version, or throws an Error. */
const longWays: readonly { readonly way: Way; readonly go: (wanted: string, folder: string, obtaining: Obtaining) => Promise<string> }[] = [
  { way: 'archive', go: downloadArchive },
  { way: 'build', go: buildFromSource },
];

/**
 * Finds etcd and kube-apiserver, or else obtains them and keeps them in the cache: once, however many processes ask. `wanted`: as `wantedVersion`
 * gives it; without one, whatever the machine has, else the newest that is known. Throws OutsideError that names each way and why it did not do; the
 * signal's reason when it fires.
 */
export async function obtainBinaries(wanted: string | undefined, obtaining: Obtaining): Promise<Obtained> {
  const { found, missed } = await findBinaries(wanted, obtaining);
  if (found !== undefined) return { ...found, missed };
  const cache = cacheFolder(obtaining.env);
  const what = `a control plane (Kubernetes ${wanted ?? newestKnown})`;
  const lock = await lockCache(cache, what, obtaining).catch((error: unknown) => {
    obtaining.signal.throwIfAborted();
    throw nothingDid(wanted ?? newestKnown, [...missed, { way: 'cache', why: `nothing can be kept there: ${explain(error)}` }]);
  });
  try {
    const again = await findBinaries(wanted, obtaining); // another process may have been faster
    if (again.found !== undefined) return { ...again.found, missed: again.missed };
    return await obtainNow(wanted ?? newestKnown, cache, again.missed, obtaining);
  } finally {
    lock.release();
  }
}

async function obtainNow(wanted: string, cache: string, before: readonly Missed[], obtaining: Obtaining): Promise<Obtained> {
  const missed = [...before];
  for (const { way, go } of longWays) {
    try {
      const binaries = await inUnfinishedFolder(cache, async (folder) => {
        const version = await go(wanted, folder, obtaining);
        return keep(folder, versionFolder(cache, version, obtaining.platform), version, obtaining);
      });
      return { way, binaries, missed };
    } catch (error) {
      obtaining.signal.throwIfAborted();
      missed.push({ way, why: explain(error) });
    }
  }
  throw nothingDid(wanted, missed);
}

/** Checks that they run here, and moves them into place: the API server last, as what has it counts as whole. */
async function keep(from: string, to: string, version: string, { env }: Obtaining): Promise<Binaries> {
  const etcd = await etcdFor(from, env);
  const found = await kubernetesVersion(join(from, 'kube-apiserver'));
  if (found !== version) throw new Error(`it says that it is version ${found}, and ${version} was expected`);
  await mkdir(to, { recursive: true });
  if (etcd === join(from, 'etcd')) await rename(etcd, join(to, 'etcd'));
  await rename(join(from, 'kube-apiserver'), join(to, 'kube-apiserver'));
  const kept = await etcdFor(to, env);
  await etcdVersion(kept);
  return { etcd: kept, apiserver: join(to, 'kube-apiserver'), version };
}

const names: Readonly<Record<Way, string>> = {
  directory: 'a named folder',
  path: 'the PATH',
  cache: 'the cache',
  archive: 'the official archive',
  build: 'a build with Go',
};

const remedies = [
  'install Go and let it reach its modules; or allow the download;',
  'or copy etcd and kube-apiserver here from another machine and name their folder in KUBEBUILDER_ASSETS, or in validation.binaries of app.yml;',
  'or name a cluster in validation.apiserver of app.yml',
].join(' ');

function nothingDid(wanted: string, missed: readonly Missed[]): OutsideError {
  const ways = missed.map(({ way, why }) => `  ${names[way]}: ${why.replaceAll('\n', '\n    ')}`);
  return new OutsideError(
    'the minimal API server',
    [`etcd and kube-apiserver ${wanted} cannot be had:`, ...ways, `What to do: ${remedies}`].join('\n'),
  );
}
