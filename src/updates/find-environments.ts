import { UsageError } from '../domain/errors.ts';
import type { Forge } from '../domain/forge.ts';
import { nearest } from '../domain/nearest.ts';
import { type ScanError, scanError } from './failure.ts';
import type { DiscoverSettings, EnvironmentSettings } from './settings.ts';

export interface Found {
  readonly environments: readonly EnvironmentSettings[];
  /** Groups that could not be listed. */
  readonly errors: readonly ScanError[];
  /** What was found in each group that could be. */
  readonly listed: Listed;
}

/** Paths of the projects in a group. */
type Listed = ReadonlyMap<DiscoverSettings, readonly string[]>;

/** Those that app.yml names and those that it tells to discover; a repository named already is not discovered again. */
export async function findEnvironments(
  ports: { forge(name: string): Pick<Forge, 'discover'> },
  settings: readonly (EnvironmentSettings | DiscoverSettings)[],
  only: readonly string[] | undefined,
): Promise<Found> {
  const errors: ScanError[] = [];
  const named = settings.filter((one): one is EnvironmentSettings => 'name' in one);
  const groups = settings.filter((one): one is DiscoverSettings => 'discover' in one);
  const asked = only?.every((name) => named.some((one) => one.name === name)) ? [] : groups;
  // All at once: a forge that hangs delays no other.
  const outcomes = await Promise.allSettled(
    asked.map(async ({ discover, topic }) => ports.forge(discover.forge).discover(discover.path, topic)),
  );
  const listed = new Map<DiscoverSettings, readonly string[]>();
  for (const [index, group] of asked.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === 'rejected') errors.push(notListed(`${group.discover.forge}:${group.discover.path}`, outcome.reason));
    if (outcome?.status === 'fulfilled') listed.set(group, outcome.value);
  }
  return { environments: choose(environmentsAmong(settings, listed), only, errors.length > 0), errors, listed };
}

/** Those that app.yml names, then what was found in its groups. */
export function environmentsAmong(settings: readonly (EnvironmentSettings | DiscoverSettings)[], listed: Listed): EnvironmentSettings[] {
  const named = settings.filter((one): one is EnvironmentSettings => 'name' in one);
  const known = new Set(named.map(({ repository }) => `${repository.forge}:${repository.path}`));
  const discovered: EnvironmentSettings[] = [];
  for (const [{ discover, updates, validation }, paths] of listed) {
    for (const path of paths) {
      const repository = { forge: discover.forge, path };
      const key = `${repository.forge}:${repository.path}`;
      if (!known.has(key)) discovered.push({ name: path, repository, updates, ...(validation !== undefined && { validation }) });
      known.add(key);
    }
  }
  return [...named, ...shortNames(named, discovered)];
}

/** Under a name of its own: nobody knows which environments are missing. */
function notListed(group: string, cause: unknown): ScanError {
  const error = scanError({ asked: 'forge', error: cause, scope: group });
  return { ...error, message: `looking for environments under ${group}: ${error.message}` };
}

/** The last part of the path where no other environment has that name, else the whole path. */
function shortNames(named: readonly EnvironmentSettings[], discovered: readonly EnvironmentSettings[]): EnvironmentSettings[] {
  const last = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const taken = Map.groupBy(
    [...named.map(({ name }) => name), ...discovered.map(({ repository }) => last(repository.path))],
    (name) => name,
  );
  return discovered.map((one) => {
    const short = last(one.repository.path);
    return taken.get(short)?.length === 1 ? { ...one, name: short } : one;
  });
}

function choose(
  all: readonly EnvironmentSettings[],
  only: readonly string[] | undefined,
  incomplete: boolean,
): readonly EnvironmentSettings[] {
  if (only === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined && !incomplete) {
    const hint = nearest(unknown, names);
    throw new UsageError(
      `--env ${unknown}: no such environment${hint === undefined ? '' : `; did you mean "${hint}"?`} (app.yml has ${names.join(', ') || 'none'})`,
    );
  }
  return all.filter(({ name }) => only.includes(name));
}
