import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RefusedError } from '../../../domain/errors.ts';
import { besideSuffix, isBare, type Place, readSettings, type Settings, unchecked } from './repository.ts';

/**
 * Every repository under the group (all of the forge's when it is empty), subgroups included, without the archived ones; links are not followed.
 * One whose settings cannot be read is among them, so that whoever asks it next reports it by name.
 */
export async function discover(place: Place, group: string, topic?: string): Promise<readonly string[]> {
  const wanted = ({ topics, archived }: Settings) => !archived && (topic === undefined || topics.includes(topic));
  const found = await Promise.all(
    repositoriesUnder(place, group).map(async (path) => {
      const settings = await readSettings(unchecked(place, path)).catch(() => undefined);
      return settings === undefined || wanted(settings) ? [path] : [];
    }),
  );
  return found.flat();
}

function repositoriesUnder(place: Place, group: string): string[] {
  const parts = group.split('/').filter((part) => part !== '');
  const scope = `${place.name}:${group}`;
  if (parts.some((part) => part === '.' || part === '..' || part.includes('\0'))) {
    throw new RefusedError(scope, `${scope}: not a path of a group; write it like platform/environments`);
  }
  try {
    return [...new Set(walk(place.root, parts))].sort();
  } catch (cause) {
    throw new RefusedError(scope, `${scope}: the folder ${join(place.root, ...parts)} cannot be read; make it, or correct the group`, {
      cause,
    });
  }
}

function walk(root: string, parts: readonly string[]): string[] {
  return readdirSync(join(root, ...parts), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.endsWith(besideSuffix) || entry.name === '.git') return [];
    const at = [...parts, entry.name];
    return isBare(join(root, ...at)) ? [at.join('/').replace(/\.git$/, '')] : walk(root, at);
  });
}
