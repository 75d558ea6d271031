import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fitting } from '../../../domain/kubernetes-version.ts';
import type { Platform } from './platform.ts';

/** Where obtained programs are kept, a folder for each version and platform. https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: given = '', HOME: home = '' } = env;
  const base = isAbsolute(given) ? given : join(isAbsolute(home) ? home : homedir(), '.cache');
  return join(base, 'lockkeeper', 'control-plane');
}

export const versionFolder = (cache: string, version: string, { os, arch }: Platform): string => join(cache, `${version}-${os}-${arch}`);

/** Folders of versions that fit, the newest first. */
export async function cachedFolders(cache: string, wanted: string | undefined, { os, arch }: Platform): Promise<readonly string[]> {
  const end = `-${os}-${arch}`;
  const names = await readdir(cache).catch(() => []);
  const versions = names.flatMap((name) => (name.endsWith(end) ? [name.slice(0, -end.length)] : []));
  return fitting(versions, wanted).map((version) => versionFolder(cache, version, { os, arch }));
}
