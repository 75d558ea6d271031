import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { kubernetesVersion } from '../../src/adapters/cluster/control-plane/binaries.ts';
import { cacheFolder, versionFolder } from '../../src/adapters/cluster/control-plane/cache.ts';
import { inUnfinishedFolder, lockCache } from '../../src/adapters/cluster/control-plane/cache-lock.ts';
import { buildKubernetesProgram } from '../../src/adapters/cluster/control-plane/go-build.ts';
import type { KubernetesProgram } from '../../src/adapters/cluster/control-plane/go-module.ts';
import type { Obtaining } from '../../src/adapters/cluster/control-plane/obtaining.ts';
import { thisMachine } from '../../src/adapters/cluster/control-plane/platform.ts';

const program: KubernetesProgram = { name: 'kube-controller-manager', command: 'NewControllerManagerCommand' };

/** Where the one of that version lies, beside the API server in the cache. */
export const controllerManagerFile = (version: string): string =>
  join(versionFolder(cacheFolder(process.env), version, thisMachine), program.name);

/** Builds it with Go, unless it is there: once, however many processes ask. `say` is told of each part of the work. Throws an Error that says why not. */
export async function buildControllerManager(version: string, say: (what: string) => void): Promise<void> {
  const [cache, file] = [cacheFolder(process.env), controllerManagerFile(version)];
  if (existsSync(file)) return;
  const lock = await lockCache(cache, program.name, obtaining(say));
  try {
    if (existsSync(file)) return; // another process was faster
    await inUnfinishedFolder(cache, async (folder) => {
      await buildKubernetesProgram(program, version, { folder, obtaining: obtaining(say) });
      const built = join(folder, program.name);
      const found = await kubernetesVersion(built);
      if (found !== version) throw new Error(`it says that it is version ${found}, and ${version} was expected`);
      await mkdir(dirname(file), { recursive: true });
      await rename(built, file);
    });
  } finally {
    lock.release();
  }
}

function obtaining(say: (what: string) => void): Pick<Obtaining, 'env' | 'watch' | 'signal'> {
  const watch: Obtaining['watch'] = (what, units) => {
    say(units === 0 ? what : `${what}: ${units}`);
    return { advance: () => {} };
  };
  return { env: process.env, watch, signal: new AbortController().signal };
}
