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
    const bare = [...foldersUnder(place.root, parts)].filter(({ isRepository }) => isRepository);
    return [...new Set(bare.map(({ at }) => at.join('/').replace(/\.git$/, '')))].sort();
  } catch (cause) {
    throw new RefusedError(scope, `${scope}: the folder ${join(place.root, ...parts)} cannot be read; make it, or correct the group`, {
      cause,
    });
  }
}

/** Folders below the root, that one included, without those in a repository; links are not followed. */
export function* foldersUnder(
  root: string,
  parts: readonly string[],
): Generator<{ readonly at: readonly string[]; readonly isRepository: boolean }> {
  yield { at: parts, isRepository: false };
  for (const entry of readdirSync(join(root, ...parts), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.endsWith(besideSuffix) || entry.name === '.git') continue;
    const at = [...parts, entry.name];
    if (isBare(join(root, ...at))) yield { at, isRepository: true };
    else yield* foldersUnder(root, at);
  }
}
