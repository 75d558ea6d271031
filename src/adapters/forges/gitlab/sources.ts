import type { Readable } from 'node:stream';
import type { CommitSchema, MergeRequestSchema, ReleaseSchema, TagSchema } from '@gitbeaker/rest';
import { RefusedError } from '../../../domain/errors.ts';
import type { BranchLine, MergedRequest, ReleaseNote, SourceCommit, SourceHistory, Tag } from '../../../domain/forge.ts';
import { makeTag } from '../write-once.ts';
import type { GitLabApi, Listed } from './api.ts';
import { labelsOf, utc } from './merge-request.ts';

const most = { tagPages: 50, commitPages: 5, requestPages: 10, releasePages: 3, linePages: 10 };

/** @gitbeaker's types forget that a raw file can be streamed too. */
const streamed: object = { asStream: true };

/** What a changelog is made of. */
export class Sources {
  readonly #api: GitLabApi;

  constructor(api: GitLabApi) {
    this.#api = api;
  }

  projectUrl(path: string): string {
    return `${this.#api.url}/${path}`;
  }

  async exists(path: string): Promise<boolean> {
    return (await this.#api.find('looking at', path, ({ projects }) => projects.show(path))) !== undefined;
  }

  async tags(path: string, containing: string): Promise<readonly Tag[]> {
    const items = await this.#api.ask('listing the tags of', path, ({ tags }) =>
      this.#api.listRefs<TagSchema>((paging) => tags.all(path, { search: containing, ...paging }), { maxPages: most.tagPages }),
    );
    return items.filter(({ name }) => name.includes(containing)).map(({ name, commit }) => ({ name, commit: commit.id }));
  }

  async createTag(path: string, name: string): Promise<void> {
    const doing = `making tag ${name} in`;
    const { default_branch: branch } = await this.#api.ask(doing, path, ({ projects }) => projects.show(path));
    await makeTag(
      () => this.#api.ask(doing, path, ({ tags }) => tags.create(path, name, branch)),
      () => this.tags(path, name),
      name,
    );
  }

  /** One request per hundred commits; a comparison would send the whole diff along. GitLab lists nothing for a revision it does not know. */
  async history(path: string, from: string, to: string): Promise<SourceHistory | undefined> {
    if (!isRevision(from) || !isRevision(to)) return undefined;
    const listed = await this.#api.find(`listing the commits from ${from} to ${to} of`, path, ({ commits }) =>
      this.#api.list<CommitSchema>((paging) => commits.all(path, { refName: `${from}..${to}`, ...paging }), { maxPages: most.commitPages }),
    );
    if (listed === undefined) return undefined;
    const known = listed.items.length > 0 || (await Promise.all([from, to].map((revision) => this.#has(path, revision)))).every(Boolean);
    const compareUrl = `${this.projectUrl(path)}/-/compare/${encodeURIComponent(from)}...${encodeURIComponent(to)}`;
    return known ? { commits: listed.items.map(toCommit), truncated: !listed.complete, compareUrl } : undefined;
  }

  /** GitLab takes one file at a time: what several have in common is put in the order of the whole line. */
  async line(path: string, commit: string, files: readonly string[], limit: number): Promise<BranchLine> {
    const of = (file: string | undefined, maxPages: number) => this.#line(path, commit, file, maxPages);
    const maxPages = Math.ceil(limit / 50);
    if (files.length < 2) {
      const { items, complete } = await of(files[0], maxPages);
      return { commits: items.slice(0, limit).map(toCommit), complete: complete && items.length <= limit };
    }
    const listed = await Promise.all(files.map((file) => of(file, maxPages)));
    const wanted = new Set(listed.flatMap(({ items }) => items.map(({ id }) => id)));
    const all = await of(undefined, most.linePages);
    const commits = all.items.filter(({ id }) => wanted.has(id)).map(toCommit);
    const complete = [all, ...listed].every((one) => one.complete) && commits.length <= limit;
    return { commits: commits.slice(0, limit), complete };
  }

  #line(path: string, refName: string, file: string | undefined, maxPages: number): Promise<Listed<CommitSchema>> {
    const which = { refName, firstParent: true, ...(file !== undefined && { path: file }) };
    return this.#api.ask(`listing the commits up to ${refName} of`, path, ({ commits }) =>
      this.#api.list<CommitSchema>((paging) => commits.all(path, { ...which, ...paging }), { maxPages }),
    );
  }

  async #has(path: string, revision: string): Promise<boolean> {
    const found = await this.#api.find(`looking for ${revision} in`, path, ({ commits }) => commits.show(path, revision, { stats: false }));
    return found !== undefined;
  }

  async mergedSince(path: string, since: string): Promise<readonly MergedRequest[]> {
    const { items } = await this.#api.ask('listing the merged merge requests of', path, ({ mergeRequests }) =>
      this.#api.list<MergeRequestSchema>(
        (paging) =>
          mergeRequests.all({ projectId: path, scope: 'all', state: 'merged', updatedAfter: since, orderBy: 'created_at', ...paging }),
        { maxPages: most.requestPages },
      ),
    );
    return items.filter((request) => Date.parse(request.merged_at ?? request.updated_at) >= Date.parse(since)).map(toMerged);
  }

  async releaseNotes(path: string): Promise<readonly ReleaseNote[]> {
    const listed = await this.#unless([403, 404], () =>
      this.#api.ask('listing the releases of', path, ({ releases }) =>
        this.#api.list<ReleaseSchema>((paging) => releases.all(path, paging), { maxPages: most.releasePages }),
      ),
    );
    return (listed?.items ?? []).map((release) => this.#toNote(path, release));
  }

  #toNote(path: string, { tag_name: tag, name, description, released_at: published }: ReleaseSchema): ReleaseNote {
    const url = `${this.projectUrl(path)}/-/releases/${encodeURIComponent(tag)}`;
    const text = description ?? '';
    return { tag, title: name ?? tag, text, url, ...(published ? { publishedAt: utc(published) } : {}) };
  }

  async file(path: string, revision: string, name: string, limit: number): Promise<string | undefined> {
    if (!isRevision(revision)) return undefined;
    const stream = await this.#unless([400, 404], () =>
      this.#api.ask(`reading ${name} of`, path, ({ files }) => files.showRaw(path, name, revision, streamed)),
    );
    return stream === undefined ? undefined : readText(stream as unknown as Readable, limit);
  }

  async #unless<T>(statuses: readonly number[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RefusedError && statuses.includes(error.status ?? 0)) return undefined;
      throw error;
    }
  }
}

/** What git takes for the name of one revision; text from image labels may be anything, a range or an option of git among it. */
const isRevision = (text: string): boolean => /^[^-\s~^:?*[\\\p{Cc}][^\s~^:?*[\\\p{Cc}]*$/u.test(text) && !/\.\.|@\{/.test(text);

const toCommit = (of: CommitSchema): SourceCommit => ({
  sha: of.id,
  message: of.message,
  author: of.author_name,
  date: utc(of.committed_date ?? of.created_at),
  url: of.web_url,
});

const toMerged = (of: MergeRequestSchema): MergedRequest => ({
  id: of.iid,
  title: of.title,
  author: of.author.name,
  labels: labelsOf(of),
  url: of.web_url,
  commits: [of.merge_commit_sha, of.squash_commit_sha, of.sha].filter((sha): sha is string => typeof sha === 'string' && sha !== ''),
});

async function readText(stream: Readable, limit: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
