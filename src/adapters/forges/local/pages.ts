import { resolve } from 'node:path';
import { explain, RefusedError } from '../../../domain/errors.ts';
import type { CommitStatus } from '../../../domain/forge.ts';
import { requestedBy } from '../../../domain/identifiers.ts';
import type {
  CommitDetails,
  Comparison,
  ListedMergeRequest,
  MergeRequestDetails,
  PageCommit,
  PagesSource,
  RepositoryDetails,
} from '../../../domain/pages.ts';
import { containedIn, heads, state } from './branches.ts';
import { discover } from './discover.ts';
import { historyOf } from './history.ts';
import { pageLinks } from './links.ts';
import type { LocalForge } from './local.ts';
import { toMergeRequests } from './merge-request.ts';
import { message, objects, rows } from './objects.ts';
import { changes, mergeBase, startOf } from './patch.ts';
import { isDraft } from './persons.ts';
import { isOurs, type MergeRecord, ourName } from './record.ts';
import { locate, type Place, type Repository } from './repository.ts';
import { lookAtAll } from './requests.ts';
import { commitsOf, newestTags } from './source.ts';
import { statuses } from './statuses.ts';
import { touches } from './trees.ts';

export interface LocalPages extends LocalForge {
  /** Base URL of these pages. */
  readonly url: string;
  /** Path of a repository → the environment that it describes. */
  readonly environments: () => Promise<ReadonlyMap<string, string>>;
  /** Whether a change of that file is for the gate of access to judge. */
  readonly isGated: (file: string) => boolean;
}

const commitLimit = 100;
const tagLimit = 1000;

/** What there is to show of a folder of bare repositories. To look is also to notice: what plain git merged or closed is written down, as by a scan. */
export function createLocalPages({
  name,
  path: root,
  url,
  environments,
  isGated,
  now = () => new Date(),
  warn = () => {},
}: LocalPages): PagesSource {
  const place: Place = { name, root: resolve(root) };
  const links = pageLinks(url.replace(/(?<!\/)\/+$/, ''));
  const records = (repository: Repository) => lookAtAll(repository, now().toISOString(), warn);
  const listed = async (repository: Repository, of: readonly MergeRecord[]): Promise<readonly ListedMergeRequest[]> => {
    const { path } = repository;
    const environment = (await environments()).get(path);
    const mergeRequests = await toMergeRequests(repository, links, of);
    return Promise.all(
      mergeRequests.map(async (mergeRequest) => ({
        path,
        ...(environment !== undefined && { environment }),
        mergeRequest,
        statuses: await readable(statuses(repository, mergeRequest.commit)),
      })),
    );
  };
  // A head that was never pushed, or a file that a person broke, hides no merge request.
  const readable = (found: Promise<readonly CommitStatus[]>): Promise<readonly CommitStatus[]> =>
    found.catch((error: unknown) => {
      warn(explain(error));
      return [];
    });
  const listOne = async (path: string, isEnvironment: boolean): Promise<readonly ListedMergeRequest[]> => {
    try {
      const repository = locate(place, path);
      return await listed(
        repository,
        (await records(repository)).filter((one) => isEnvironment || isOurs(one)),
      );
    } catch (error) {
      warn(explain(error)); // one repository that cannot be read does not hide the others
      return [];
    }
  };
  return {
    async list() {
      const known = await environments();
      return (await Promise.all((await ordered(place, known)).map((path) => listOne(path, known.has(path))))).flat();
    },
    environmentOf: async (path) => (await environments()).get(path),
    async mergeRequest(path, id) {
      const repository = located(place, path);
      const record = repository && (await records(repository)).find((one) => one.id === id);
      if (repository === undefined || record === undefined) return undefined;
      const [shown] = await listed(repository, [record]);
      return shown && { ...(await detailed(repository, record, shown)), asksForAccess: await touches(repository, record, isGated) };
    },
    async diff(path, from, to) {
      const repository = located(place, path);
      return repository && compared(repository, from, to);
    },
    async commit(path, sha) {
      const repository = located(place, path);
      return repository && commitOf(repository, sha);
    },
    async repository(path) {
      const repository = located(place, path);
      return repository && detailsOf(repository, await records(repository));
    },
  };
}

/** The environments as app.yml has them, then all other repositories: a new environment is shown before anybody restarts the pages. */
async function ordered(place: Place, environments: ReadonlyMap<string, string>): Promise<readonly string[]> {
  return [...new Set([...environments.keys(), ...(await discover(place, ''))])];
}

function located(place: Place, path: string): Repository | undefined {
  try {
    return locate(place, path);
  } catch (error) {
    if (error instanceof RefusedError) return undefined;
    throw error;
  }
}

async function detailed(
  repository: Repository,
  record: MergeRecord,
  shown: ListedMergeRequest,
): Promise<Omit<MergeRequestDetails, 'asksForAccess'>> {
  const start = await startOf(repository, record);
  const nothing: Comparison = { commits: [], diff: '' };
  const { author, comments, approvals } = record;
  const brought = start === undefined ? nothing : await between(repository, start, record.commit);
  const [askedBy] = author === ourName ? requestedBy(brought.commits[0]?.message ?? '') : [];
  return {
    ...shown,
    author,
    ...(askedBy !== undefined && { askedBy }),
    draft: isDraft(record),
    comments,
    approvals,
    events: historyOf(record),
    ...brought,
  };
}

async function between(repository: Repository, from: string, to: string): Promise<Comparison> {
  const [commits, diff] = await Promise.all([log(repository, [to, `^${from}`]), changes(repository, from, to)]);
  return { commits, diff };
}

async function compared(repository: Repository, from: string, to: string): Promise<Comparison | undefined> {
  const [start, end] = await commitsOf(repository, [from, to], ['refs/tags/', 'refs/heads/']);
  if (start === undefined || end === undefined) return undefined;
  const base = (await mergeBase(repository, start, end)) ?? start;
  const [commits, diff] = await Promise.all([log(repository, [end, `^${start}`]), changes(repository, base, end)]);
  return { commits, diff };
}

async function commitOf(repository: Repository, sha: string): Promise<CommitDetails | undefined> {
  const [found] = await objects(repository, [`${sha}^{commit}`]);
  if (found === undefined) return undefined;
  const [[commit], diff] = await Promise.all([log(repository, [found.id], 1), changes(repository, undefined, found.id)]);
  return commit && { ...commit, diff };
}

async function detailsOf(repository: Repository, requests: readonly MergeRecord[]): Promise<RepositoryDetails> {
  const [found, [head]] = await Promise.all([newestTags(repository, tagLimit), objects(repository, ['HEAD^{commit}'])]);
  const peeled = await objects(
    repository,
    found.map(({ name }) => `refs/tags/${name}^{commit}`),
  );
  const tags = found.flatMap(({ name, date, message: notes = '' }, at) => {
    const commit = peeled[at]?.id;
    return commit === undefined ? [] : [{ name, commit, date, notes }];
  });
  const commits = head === undefined ? [] : await log(repository, [head.id]);
  return { tags, commits, ...(await targetOf(repository, requests)) };
}

/** Nothing where nothing can be proposed: the repository is empty, or archived. */
async function targetOf(
  repository: Repository,
  requests: readonly MergeRecord[],
): Promise<Pick<RepositoryDetails, 'defaultBranch' | 'branches' | 'proposable'>> {
  const all = await heads(repository);
  const branches = [...all.keys()];
  try {
    const { defaultBranch, commit } = await state(repository);
    const contained = await containedIn(repository, commit, all.values());
    const open = new Set(requests.filter((one) => one.state === 'open').map(({ sourceBranch }) => sourceBranch));
    return {
      defaultBranch,
      branches,
      proposable: [...all].flatMap(([branch, head]) => (contained.has(head) || open.has(branch) ? [] : [branch])),
    };
  } catch (error) {
    if (error instanceof RefusedError) return { branches, proposable: [] };
    throw error;
  }
}

/** Newest first. */
async function log(repository: Repository, revisions: readonly string[], limit = commitLimit): Promise<readonly PageCommit[]> {
  const args = ['log', '-z', '--format=%H%x00%an%x00%at%x00%B', `--max-count=${limit}`, ...revisions, '--'];
  return rows((await repository.git.run('reading commits', args)).out, 4).map(([sha = '', author = '', seconds = '', body = '']) => ({
    sha,
    author,
    date: new Date(Number(seconds) * 1000).toISOString(),
    message: message(body),
  }));
}
