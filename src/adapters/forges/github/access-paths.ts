import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { ChangedPath, ChangedPaths } from '../../../domain/access-forge.ts';
import { ConflictError } from '../../../domain/errors.ts';
import type { GitHubApi } from './api.ts';

type Changed = RestEndpointMethodTypes['pulls']['listFiles']['response']['data'][number];

const most = 100;

/** See AccessForge. Throws ConflictError where GitHub has not caught up with the head. */
export async function changedPaths(api: GitHubApi, path: string, id: number): Promise<ChangedPaths> {
  const { data } = await api.ask(`looking at pull request #${id} of`, path, (rest, at) => rest.pulls.get({ ...at, pull_number: id }));
  const doing = `listing the files of pull request #${id} of`;
  const { items, complete } = await api.ask(doing, path, (rest, at) =>
    api.list<Changed>((paging) => rest.pulls.listFiles({ ...at, pull_number: id, ...paging }), { maxPages: 1, perPage: most }),
  );
  if (items.some((file) => isOfAnother(file, data.head.sha)))
    throw new ConflictError(`${api.name}:${path}`, `${doing} ${path}: they are those of another head; the next run looks again`);
  return { paths: items.map(toChange), complete };
}

/** The list is worked out some time after a push; where each file is read says for which head. That of a removed one is the base's. */
const isOfAnother = ({ status, contents_url: url }: Changed, head: string): boolean =>
  status !== 'removed' && ![null, head].includes(new URL(url).searchParams.get('ref'));

/** A merge is compared with its first parent, whatever GitHub shows of it. */
export async function changedBy(api: GitHubApi, path: string, commit: string): Promise<ChangedPaths> {
  const doing = `looking at commit ${commit} of`;
  const { data, headers } = await api.ask(doing, path, (rest, at) => rest.repos.getCommit({ ...at, ref: commit }));
  const [first, ...others] = data.parents;
  if (first === undefined || others.length === 0) return bounded(data.files ?? [], headers.link);
  const basehead = `${first.sha}...${commit}`;
  const compared = await api.ask(`comparing ${basehead} in`, path, (rest, at) =>
    rest.repos.compareCommitsWithBasehead({ ...at, basehead, page: 1 }),
  );
  // Its pages are of commits; of files it gives up to 300, with the first of them.
  return bounded(compared.data.files ?? []);
}

const bounded = (files: readonly Changed[], link = ''): ChangedPaths => ({
  paths: files.slice(0, most).map(toChange),
  complete: files.length <= most && !/rel="?next"?/.test(link),
});

const kinds: Readonly<Partial<Record<Changed['status'], ChangedPath['kind']>>> = {
  added: 'added',
  copied: 'added',
  removed: 'removed',
  renamed: 'moved',
};

function toChange({ filename: path, status, previous_filename: before }: Changed): ChangedPath {
  const kind = kinds[status] ?? 'changed';
  return { path, kind, ...(kind === 'moved' && before !== undefined && { before }) };
}
