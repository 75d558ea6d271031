import { git, gitText } from '../git-repository.ts';
import { headOf as headIn } from '../gitlab-server/world.ts';
import type { Issue, Permission, Pull, Repository, User, World } from './world.ts';

/** One request, taken apart and as GitHub describes it. */
export interface Call {
  readonly world: World;
  readonly user: User;
  /** The App itself asks, with its JWT. */
  readonly asApp: boolean;
  /** Number of the installation whose token asks. */
  readonly installation: number | undefined;
  /** Decoded parameters of the path. */
  readonly at: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** The whole path with `/api/v3`, for links. */
  readonly path: string;
  readonly accept: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a JSON body. */
  readonly raw?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** What only an Enterprise Server says, beside the description. */
  readonly ofServer?: Readonly<Record<string, unknown>>;
}

/** What GitHub answers instead of doing it. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly unknown[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, errors?: readonly unknown[], headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const ok = (body: unknown, status = 200): Reply => ({ status, body });
export const notFound = (): Refused => new Refused(404, 'Not Found');
export const invalid = (resource: string, message: string): Refused =>
  new Refused(422, 'Validation Failed', [{ resource, code: 'custom', message }]);

export const text = (of: Call, name: string): string => (typeof of.body[name] === 'string' ? of.body[name] : '');

/** One page with GitHub's Link header: https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api */
export function page(call: Call, all: readonly unknown[], wrap: (items: readonly unknown[]) => unknown = (items) => items): Reply {
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const size = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? 30)));
  return {
    status: 200,
    body: wrap(all.slice((number - 1) * size, number * size)),
    headers: links(call, number, Math.ceil(all.length / size)),
  };
}

export function links(call: Call, number: number, pages: number): Record<string, string> {
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${call.world.api}${call.path}?${query.toString()}>; rel="${rel}"`;
  };
  const found = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < pages ? [link(number + 1, 'next'), link(pages, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  return found.length === 0 ? {} : { link: found.join(', ') };
}

function may(call: Call, owner: string, needed: Permission): boolean {
  const installed = call.installation === undefined ? undefined : call.world.app?.installations.get(call.installation);
  if (installed !== undefined && installed.toLowerCase() !== owner.toLowerCase()) return false;
  const found = permissionOf(call.user, owner);
  return found === 'write' || found === needed;
}

export const permissionOf = ({ permissions }: User, owner: string): Permission | undefined => permissions[owner] ?? permissions[''];

export const mayWrite = (call: Call, { owner }: Repository): boolean => may(call, owner, 'write');

export const mayRead = (call: Call, { owner }: Repository): boolean => may(call, owner, 'read');

/** In any case of its letters; 404 for one that the token may not see, as for one that is not there. */
export function repositoryOf(call: Call): Repository {
  const same = (one: string, other = '') => one.toLowerCase() === other.toLowerCase();
  const found = call.world.repositories.find(({ owner, name }) => same(owner, call.at['owner']) && same(name, call.at['repo']));
  if (found === undefined || !mayRead(call, found)) throw notFound();
  return found;
}

export function writable(call: Call, needed = 'contents=write'): Repository {
  const found = repositoryOf(call);
  if (found.archived) throw new Refused(403, 'Repository was archived so is read-only.');
  if (may(call, found.owner, 'write')) return found;
  const who = call.installation === undefined ? 'personal access token' : 'integration';
  throw new Refused(403, `Resource not accessible by ${who}`, undefined, { 'x-accepted-github-permissions': needed });
}

export function pullOf(call: Call, repository: Repository): Pull {
  const number = call.at['pull_number'] ?? call.at['issue_number'];
  const found = repository.pulls.find((pull) => String(pull.number) === number);
  if (found === undefined) throw notFound();
  return found;
}

/** An issue, which every pull request is too: their numbers are of one row. */
export function threadOf(call: Call, repository: Repository): Pull | Issue {
  const found = [...repository.pulls, ...repository.issues].find(({ number }) => String(number) === call.at['issue_number']);
  if (found === undefined) throw notFound();
  return found;
}

/** Every git endpoint of a repository without a commit. */
export async function filled(repository: Repository): Promise<Repository> {
  if ((await gitText(repository.directory, ['for-each-ref', '--count=1'])) === '') throw new Refused(409, 'Git Repository is empty.');
  return repository;
}

/** Sha of the object of this type that the revision names; undefined when there is none. */
export async function resolve(
  repository: Repository,
  revision: string,
  type: 'commit' | 'tree' | 'blob' | 'tag' = 'commit',
): Promise<string | undefined> {
  if (/\.\.|^-|[\s:^~?*[\\]/.test(revision) || revision === '') return undefined;
  try {
    return await gitText(repository.directory, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{${type}}`]);
  } catch {
    return undefined;
  }
}

/** From the repository's files: a process for each question would cost more than all the rest. */
export const headOf = async (repository: Repository, branch: string): Promise<string | undefined> =>
  branch === '' || branch.includes('..') ? undefined : headIn(repository, branch);

/** As a branch, or else as anything that git knows. */
export const resolveBranch = async (repository: Repository, name: string): Promise<string | undefined> =>
  (await headOf(repository, name)) ?? resolve(repository, name);

export async function exists(repository: Repository, sha: string, type: string): Promise<boolean> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return false;
  try {
    return (await git(repository.directory, ['cat-file', '-t', sha])).toString().trim() === type;
  } catch {
    return false;
  }
}
