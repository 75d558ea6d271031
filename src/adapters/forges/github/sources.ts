import type { Readable } from 'node:stream';
import type { RestEndpointMethodTypes } from '@octokit/rest';
import { RefusedError } from '../../../domain/errors.ts';
import type { MergedRequest, ReleaseNote, SourceCommit, SourceHistory, Tag } from '../../../domain/forge.ts';
import { makeTag } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import { type ComparedCommit, compare } from './compare.ts';
import { type ListedPull, utc } from './pull-request.ts';
import { readBytes } from './transport.ts';

type ListedTag = RestEndpointMethodTypes['repos']['listTags']['response']['data'][number];
type ListedRelease = RestEndpointMethodTypes['repos']['listReleases']['response']['data'][number];

const most = { tagPages: 50, commits: 500, requestPages: 10, releasePages: 3 };

/** Annotated tags that are looked up one by one; more of them, and all tags are listed with their commits. */
const mostPeeled = 20;

/** What a changelog is made of. */
export class Sources {
  readonly #api: GitHubApi;

  constructor(api: GitHubApi) {
    this.#api = api;
  }

  projectUrl(path: string): string {
    return `${this.#api.url}/${path}`;
  }

  async exists(path: string): Promise<boolean> {
    const request = this.#api.conditional;
    return (await this.#api.find('looking at', path, (rest, at) => rest.repos.get({ ...at, request }))) !== undefined;
  }

  /** One request tells the names of all tags, but of an annotated one not its commit. */
  async tags(path: string, containing: string): Promise<readonly Tag[]> {
    const request = this.#api.conditional;
    const { data } = await this.#api.ask('listing the tags of', path, (rest, at) =>
      rest.git.listMatchingRefs({ ...at, ref: 'tags', request }),
    );
    const named = data.map(({ ref, object }) => ({ name: ref.replace(/^refs\/tags\//, ''), object }));
    const found = named.filter(({ name }) => name.includes(containing));
    if (found.filter(({ object }) => object.type !== 'commit').length > mostPeeled) return this.#allTags(path, containing);
    return (await Promise.all(found.map(({ name, object }) => this.#peel(path, name, object)))).flat();
  }

  /** A tag of a tree or a file stands for no commit. */
  async #peel(path: string, name: string, object: { readonly type: string; readonly sha: string }): Promise<readonly Tag[]> {
    let { type, sha } = object;
    for (let depth = 0; type === 'tag' && depth < 5; depth += 1) {
      const tag_sha = sha;
      const { data } = await this.#api.ask(`looking at tag ${name} of`, path, (rest, at) => rest.git.getTag({ ...at, tag_sha }));
      ({ type, sha } = data.object);
    }
    return type === 'commit' ? [{ name, commit: sha }] : [];
  }

  async #allTags(path: string, containing: string): Promise<readonly Tag[]> {
    const { items } = await this.#api.ask('listing the tags of', path, (rest, at) =>
      this.#api.list<ListedTag>((paging) => rest.repos.listTags({ ...at, ...paging }), { maxPages: most.tagPages }),
    );
    return items.filter(({ name }) => name.includes(containing)).map(({ name, commit }) => ({ name, commit: commit.sha }));
  }

  async createTag(path: string, name: string): Promise<void> {
    const doing = `making tag ${name} in`;
    const { data } = await this.#api.ask(doing, path, async (rest, at) => {
      const { data: repository } = await rest.repos.get({ ...at, request: this.#api.conditional });
      return await rest.git.getRef({ ...at, ref: `heads/${repository.default_branch}` });
    });
    await makeTag(
      () => this.#api.ask(doing, path, (rest, at) => rest.git.createRef({ ...at, ref: `refs/tags/${name}`, sha: data.object.sha })),
      () => this.tags(path, name),
      name,
    );
  }

  async history(path: string, from: string, to: string): Promise<SourceHistory | undefined> {
    if (!isRevision(from) || !isRevision(to)) return undefined;
    const compared = await this.#api.find(`listing the commits from ${from} to ${to} of`, path, (rest, at) =>
      compare(rest, at, from, to, most.commits),
    );
    if (compared === undefined) return undefined;
    const compareUrl = `${this.projectUrl(path)}/compare/${encodeURIComponent(from)}...${encodeURIComponent(to)}`;
    return { commits: compared.commits.map(toCommit), truncated: compared.truncated, compareUrl };
  }

  async mergedSince(path: string, since: string): Promise<readonly MergedRequest[]> {
    const from = Date.parse(since);
    const { items } = await this.#api.ask('listing the merged pull requests of', path, (rest, at) =>
      this.#api.list<ListedPull>((paging) => rest.pulls.list({ ...at, state: 'closed', sort: 'updated', direction: 'desc', ...paging }), {
        maxPages: most.requestPages,
        enough: (page) => Date.parse(page.at(-1)?.updated_at ?? '') < from,
      }),
    );
    return items.filter(({ merged_at: at }) => at !== null && Date.parse(at) >= from).map(toMerged);
  }

  async releaseNotes(path: string): Promise<readonly ReleaseNote[]> {
    try {
      const { items } = await this.#api.ask('listing the releases of', path, (rest, at) =>
        this.#api.list<ListedRelease>((paging) => rest.repos.listReleases({ ...at, ...paging }), { maxPages: most.releasePages }),
      );
      return items.filter(({ draft }) => !draft).map(toNote);
    } catch (error) {
      if (error instanceof RefusedError && [403, 404].includes(error.status ?? 0)) return [];
      throw error;
    }
  }

  async file(path: string, revision: string, name: string, limit: number): Promise<string | undefined> {
    if (!isRevision(revision) || name.split('/').some((part) => part === '..' || part === '.' || part === '')) return undefined;
    const headers = { accept: 'application/vnd.github.raw+json' };
    const found = await this.#api.find(`reading ${name} of`, path, (rest, at) =>
      rest.repos.getContent({ ...at, path: name, ref: revision, headers, request: this.#api.streamed }),
    );
    return found === undefined ? undefined : (await readBytes(found.data as unknown as Readable, limit))?.toString();
  }
}

/** What git takes for the name of one revision; text from image labels may be anything, a range, an option of git or another fork's branch among it. */
const isRevision = (text: string): boolean => /^[^-\s~^:?*[\\\p{Cc}][^\s~^:?*[\\\p{Cc}]*$/u.test(text) && !/\.\.|@\{/.test(text);

export const toCommit = ({ sha, commit, html_url: url }: ComparedCommit): SourceCommit => ({
  sha,
  message: commit.message,
  author: commit.author?.name ?? '',
  date: utc(commit.committer?.date ?? commit.author?.date ?? new Date(0).toISOString()),
  url,
});

const toMerged = (of: ListedPull): MergedRequest => ({
  id: of.number,
  title: of.title,
  author: of.user?.login ?? '',
  labels: of.labels.map(({ name }) => name),
  url: of.html_url,
  commits: [of.merge_commit_sha, of.head.sha].filter((sha): sha is string => typeof sha === 'string' && sha !== ''),
});

const toNote = ({ tag_name: tag, name, body, html_url: url, published_at: published }: ListedRelease): ReleaseNote => ({
  tag,
  title: name === null || name === '' ? tag : name,
  text: body ?? '',
  url,
  ...(published === null ? {} : { publishedAt: utc(published) }),
});
