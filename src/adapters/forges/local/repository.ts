import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { RefusedError } from '../../../domain/errors.ts';
import { type Git, gitIn } from '../../git.ts';

/** A bare repository of the forge, and the folder beside it for what git has no place for. */
export interface Repository {
  /** `platform/environments/staging` */
  readonly path: string;
  /** The bare repository itself. */
  readonly folder: string;
  /** `<path>.lockkeeper`, which may not exist yet. */
  readonly beside: string;
  readonly git: Git;
  /** `local:platform/environments/staging`, for errors. */
  readonly scope: string;
}

export interface Place {
  /** The forge's name in app.yml. */
  readonly name: string;
  /** The folder that holds all repositories. */
  readonly root: string;
}

export const besideSuffix = '.lockkeeper';

/** `platform/staging` and `platform/staging.git` are the same repository. Throws RefusedError when there is none, or none that may be used. */
export function locate(place: Place, path: string): Repository {
  const { name, root } = place;
  const scope = `${name}:${path}`;
  const refuse = (problem: string) => new RefusedError(scope, `${scope}: ${problem}`);
  const plain = path.replace(/\.git$/, '');
  if (!isRepositoryPath(plain)) throw refuse('not a path of a repository; write it like platform/environments/staging');
  const top = real(root);
  if (top === undefined) throw refuse(`${root} does not exist; make that folder, or correct path of the forge ${name}`);
  const repository = unchecked(place, plain);
  const { folder, beside } = repository;
  if (!isFolder(folder)) throw refuse(`no repository; make it with git init --bare -b main ${folder}`);
  const outside = [folder, beside].find((each) => !within(top, each));
  if (outside !== undefined) throw refuse(`${outside} is a link that leads out of ${root}; move what it points to there`);
  if (!isBare(folder)) throw refuse(notBare(folder));
  return repository;
}

/** What is where, without a look whether it may be used. */
export function unchecked({ name, root }: Place, path: string): Repository {
  const named = join(root, `${path}.git`);
  const folder = [named, join(root, path)].find(isFolder) ?? named;
  const scope = `${name}:${path}`;
  return { path, folder, beside: join(root, `${path}${besideSuffix}`), git: gitIn(folder, scope), scope };
}

/** Whether the folder has what git asks of a repository: https://git-scm.com/docs/gitrepository-layout */
export const isBare = (folder: string): boolean =>
  isFolder(join(folder, 'objects')) && isFolder(join(folder, 'refs')) && isFile(join(folder, 'HEAD'));

/** What the owner of a repository has set in its git configuration. */
export interface Settings {
  readonly topics: readonly string[];
  readonly archived: boolean;
}

/** `lockkeeper.topic` (any number of them) and `lockkeeper.archived` of the repository's own configuration. */
export async function readSettings(repository: Repository): Promise<Settings> {
  if (!mayHaveSettings(repository.folder)) return { topics: [], archived: false };
  const { out } = await repository.git.run('reading its settings', ['config', '-z', '--includes', '--get-regexp', '^lockkeeper\\.'], {
    codes: [0, 1],
  });
  const pairs = out
    .toString()
    .split('\0')
    .map((entry) => entry.split('\n') as [key: string, value?: string]);
  const archived = pairs.findLast(([key]) => key === 'lockkeeper.archived');
  return {
    topics: pairs.flatMap(([key, value]) => (key === 'lockkeeper.topic' && value !== undefined ? [value] : [])),
    archived: archived !== undefined && isTrue(archived[1]),
  };
}

/** Throws RefusedError for an archived repository: nothing may be written there. */
export async function refuseArchived(repository: Repository): Promise<void> {
  if (!(await readSettings(repository)).archived) return;
  throw new RefusedError(
    repository.scope,
    `${repository.scope}: the repository is archived; to take that back: git -C ${repository.folder} config --unset-all lockkeeper.archived`,
  );
}

/** Spares a process for each of many repositories: neither key can be there without one of these words in the file. */
function mayHaveSettings(folder: string): boolean {
  try {
    return /lockkeeper|include/i.test(readFileSync(join(folder, 'config'), 'utf8'));
  } catch {
    return false;
  }
}

/** As git reads a boolean; a key without a value is true. */
const isTrue = (value: string | undefined): boolean => value === undefined || /^(?:true|yes|on|[1-9]\d*)$/i.test(value);

function isRepositoryPath(path: string): boolean {
  return path.split('/').every((part) => /^[^\\\0]+$/.test(part) && part !== '.' && part !== '..' && !part.endsWith(besideSuffix));
}

function notBare(folder: string): string {
  return lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) === undefined
    ? `${folder} is no git repository; make it one with git init --bare -b main ${folder}`
    : `${folder} is a working copy, and only bare repositories are used; make one with git clone --bare ${folder} ${folder}.git`;
}

function within(top: string, path: string): boolean {
  const found = real(path);
  if (found === undefined) return lstatSync(path, { throwIfNoEntry: false }) === undefined; // a dangling link may lead anywhere
  const way = relative(top, found);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
