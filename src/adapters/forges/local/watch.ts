import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { RefusedError } from '../../../domain/errors.ts';
import type { RepositorySight, SightedRequest, WatchedForge } from '../../../domain/watched-forge.ts';
import { state } from './branches.ts';
import { discover, foldersUnder } from './discover.ts';
import type { LocalForge } from './local.ts';
import { isDraft } from './persons.ts';
import { type MergeRecord, ourName } from './record.ts';
import { locate, type Place, type Repository, unchecked } from './repository.ts';
import { lookAtAll } from './requests.ts';
import { fileOf, folderOf } from './shelf.ts';
import { Stamps } from './stamps.ts';

type Watching = Pick<LocalForge, 'name' | 'path' | 'now'>;

/** Notices pushes and changed merge requests of the embedded forge by the times of a few files; git is asked only where one has changed. */
export function createLocalWatch({ name, path: root, now = () => new Date() }: Watching): WatchedForge {
  const place: Place = { name, root: resolve(root) };
  const groups = new Map<string, Group>();
  const repositories = new Map<string, Stamps>();
  const discovered = async (path: string): Promise<readonly string[]> => {
    const known = groups.get(path);
    if (known !== undefined && !known.folders.stale) return known.repositories;
    const folders = new Stamps(foldersOf(place, path), now().getTime()); // before it is read: what comes meanwhile shows
    const found = { folders, repositories: await repositoriesOf(place, path) };
    groups.set(path, found);
    return found.repositories;
  };
  return {
    async moved(places) {
      const found = await Promise.all(places.groups.map(discovered));
      const moved: string[] = [];
      for (const path of new Set([...places.repositories, ...found.flat()])) {
        if (repositories.get(path)?.stale !== false) {
          repositories.set(path, new Stamps(pathsOf(place, path), now().getTime()));
          moved.push(path);
        }
        await breathe(); // looks are synchronous, which is cheapest; nobody waits for more than one repository
      }
      return moved;
    },
    async sight(path) {
      const { sight, ended } = await sightOf(locate(place, path), now().toISOString());
      repositories.get(path)?.leave(ended); // there are ever more, and nobody writes in them
      return sight;
    },
  };
}

interface Group {
  readonly folders: Stamps;
  readonly repositories: readonly string[];
}

/** None where there is no such folder: the scan says so, and what to do. */
async function repositoriesOf(place: Place, group: string): Promise<readonly string[]> {
  try {
    return await discover(place, group);
  } catch (error) {
    if (error instanceof RefusedError) return [];
    throw error;
  }
}

/** Those in which a repository may turn up. */
function foldersOf({ root }: Place, group: string): string[] {
  const parts = group.split('/').filter((part) => part !== '');
  return readable(
    () => [...foldersUnder(root, parts)].flatMap(({ at, isRepository }) => (isRepository ? [] : [join(root, ...at)])),
    [join(root, ...parts)],
  );
}

/** What changes when a branch, a tag, the default branch or a merge request does: https://git-scm.com/docs/gitrepository-layout */
function pathsOf(place: Place, path: string): string[] {
  // A repository that is not there yet may come under either name.
  const either = [join(place.root, path), join(place.root, `${path}.git`)];
  const repository = readable(() => unchecked(place, path), undefined);
  if (repository === undefined) return either;
  const { folder } = repository;
  const refs = ['refs/heads', 'refs/tags'].flatMap((name) => withFolders(join(folder, name)));
  const requests = folderOf(repository);
  const files = readable(() => readdirSync(requests), []).map((name) => join(requests, name));
  // Its own folder, one of the two, shows what happens to packed-refs.
  return [...either, join(folder, 'HEAD'), join(folder, 'reftable'), ...refs, requests, ...files];
}

/** The folder and all below it. */
function withFolders(folder: string): string[] {
  const entries = readable(() => readdirSync(folder, { withFileTypes: true, recursive: true }), []);
  return [folder, ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))];
}

/** What cannot be read keeps nobody from looking at the rest: why, the sight of it says. */
function readable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

async function sightOf(
  repository: Repository,
  now: string,
): Promise<{ readonly sight: RepositorySight; readonly ended: readonly string[] }> {
  const problems: string[] = [];
  const { defaultBranch, commit } = await state(repository);
  const { out } = await repository.git.run('reading tags', ['for-each-ref', '--format=%(refname) %(objectname)', 'refs/tags/']);
  const records = await lookAtAll(repository, now, (text) => problems.push(text));
  const tags = digest(out);
  const ended = records.filter((record) => record.state !== 'open').map(({ id }) => fileOf(repository, id));
  return { sight: { defaultBranch, commit, tags, requests: records.map(toSighted), problems }, ended };
}

const digest = (of: Buffer | string): string => createHash('sha256').update(of).digest('hex').slice(0, 16);

const toSighted = (record: MergeRecord): SightedRequest => ({
  id: record.id,
  state: record.state,
  commit: record.commit,
  target: record.targetBranch,
  draft: isDraft(record),
  comments: record.comments.map(({ author, text }) => (author === ourName ? '' : text)),
  approvals: record.approvals.length === 0 ? '' : digest(JSON.stringify(record.approvals)),
});
