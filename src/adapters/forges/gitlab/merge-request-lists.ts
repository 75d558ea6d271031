import type { MergeRequestSchema } from '@gitbeaker/rest';
import pLimit from 'p-limit';
import { RefusedError } from '../../../domain/errors.ts';
import type { Store } from '../../../domain/store.ts';
import { stillNeeded } from '../still-needed.ts';
import type { GitLabApi, Paging } from './api.ts';
import { isOurs, type KnownRequest, pathKey, projectOf, toMergeRequest } from './merge-request.ts';

/** A group whose merge requests are read for all its projects together, or one project. */
type Scope = { readonly kind: 'group' | 'project'; readonly path: string };

/**
 * What was read of groups and projects since somebody began to ask: within it a scope is read once, however long it takes.
 * True where the scope could be read as a whole.
 */
export type Readings = Map<string, Promise<boolean>>;

const space = 'gitlab-merge-requests';

/** Time of the newest change seen, as GitLab's own clock says. */
interface Cursor {
  readonly seen: string;
}

/** Changes may become visible a little later than others that are newer. */
const overlapMs = 5 * 60_000;

/** A group with more merge requests than this at the first reading has too many of other people: its projects are read one by one. */
const mostGroupPages = 20;
const mostPages = 1_000;

/**
 * The merge requests from our branches, per project. Many environments lie in one group: one request tells what changed in all of them
 * since the last time; what was known before is kept in the store.
 */
export class MergeRequestLists {
  readonly #api: GitLabApi;
  readonly #store: Store;
  /** Groups that cannot be read as a whole. */
  readonly #single = new Set<string>();
  readonly #merging = pLimit(1);

  constructor(api: GitLabApi, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  /**
   * Newest first. `head` is the target's head where it is known: a conflict comes and goes with the target, without a trace in the merge
   * request, so the open ones are asked for again when it has moved.
   */
  async of(path: string, head: string | undefined, readings: Readings): Promise<readonly KnownRequest[]> {
    const group = path.slice(0, path.lastIndexOf('/'));
    const readable = !this.#single.has(group) && (await this.#read({ kind: 'group', path: group }, readings));
    if (!readable) await this.#read({ kind: 'project', path }, readings);
    const known = await this.#known(path);
    const checkedAt = await this.#store.get<string>(space, this.#key({ kind: 'project', path }, 'head'));
    const open = known.filter(({ state }) => state === 'open');
    const unmoved = head === undefined || checkedAt === undefined || head === checkedAt;
    const settled = unmoved && open.every(({ checked }) => checked);
    const current = settled || open.length === 0 ? known : await this.#refreshOpen(path);
    const nowSettled = current.every(({ state, checked }) => state !== 'open' || checked);
    if (nowSettled && head !== undefined && head !== checkedAt) {
      await this.#store.put(space, this.#key({ kind: 'project', path }, 'head'), head);
    }
    return current;
  }

  /** The project's open ones with their conflicts; asks GitLab to work those out where it has not. One that is gone is forgotten. */
  async #refreshOpen(path: string): Promise<readonly KnownRequest[]> {
    const { items } = await this.#api.ask('listing the open merge requests of', path, ({ mergeRequests }) =>
      this.#api.list<MergeRequestSchema>((paging) => mergeRequests.all({ projectId: path, ...everything, state: 'opened', ...paging }), {
        maxPages: mostPages,
      }),
    );
    const open = items.filter(isOurs).map(toMergeRequest);
    await this.#merge(path, open, ({ state }) => state !== 'open');
    return this.#known(path);
  }

  #read(scope: Scope, readings: Readings): Promise<boolean> {
    const key = this.#key(scope);
    const reading = readings.get(key) ?? this.#update(scope);
    readings.set(key, reading);
    reading.catch(() => readings.delete(key)); // one that failed is read again by who asks next
    return reading;
  }

  /** Reads what changed since the last time and keeps it; false when the group cannot be read as a whole. */
  async #update(scope: Scope): Promise<boolean> {
    const cursor = await this.#store.get<Cursor>(space, this.#key(scope));
    const changed = await this.#changes(scope, cursor);
    if (changed === undefined) {
      this.#single.add(scope.path);
      return false;
    }
    const byProject = Map.groupBy(changed.filter(isOurs), projectOf);
    for (const [path, requests] of byProject) await this.#merge(path, requests.map(toMergeRequest), stillNeeded(new Date()));
    const seen = changed.map((request) => request.updated_at).reduce(later, cursor?.seen ?? '');
    // The cursor last: who dies before reads the same changes again.
    if (seen !== '' && seen !== cursor?.seen) await this.#store.put(space, this.#key(scope), { seen } satisfies Cursor);
    return true;
  }

  async #changes(scope: Scope, cursor: Cursor | undefined): Promise<readonly MergeRequestSchema[] | undefined> {
    const updatedAfter = cursor === undefined ? {} : { updatedAfter: new Date(Date.parse(cursor.seen) - overlapMs).toISOString() };
    const get = (paging: Paging) =>
      this.#api.ask(`listing the merge requests of`, scope.path, ({ mergeRequests }) => {
        const where = scope.kind === 'group' ? { groupId: scope.path } : { projectId: scope.path };
        return mergeRequests.all({ ...where, ...everything, ...updatedAfter, ...paging });
      });
    if (scope.kind === 'project') return (await this.#api.list<MergeRequestSchema>(get, { maxPages: mostPages })).items;
    try {
      const first = await this.#api.page<MergeRequestSchema>(get, 1);
      if (cursor === undefined && (first.totalPages ?? mostPages) > mostGroupPages) return undefined;
      if (first.next === undefined) return first.data;
      const rest = await this.#api.list<MergeRequestSchema>(get, { maxPages: mostPages, from: 2 });
      return [...first.data, ...rest.items];
    } catch (error) {
      if (error instanceof RefusedError && (error.status === 403 || error.status === 404)) return undefined;
      throw error;
    }
  }

  async #known(path: string): Promise<readonly KnownRequest[]> {
    return (await this.#store.get<readonly KnownRequest[]>(space, this.#key({ kind: 'project', path }, 'requests'))) ?? [];
  }

  /** Adds what changed to what is known; of that, only what `keep` says stays. One at a time: it reads and then writes. */
  #merge(path: string, changed: readonly KnownRequest[], keep: ReturnType<typeof stillNeeded>): Promise<void> {
    return this.#merging(async () => {
      const all = new Map((await this.#known(path)).filter(keep).map((request) => [request.id, request]));
      for (const request of changed) all.set(request.id, request);
      const sorted = [...all.values()].sort((one, other) => other.id - one.id);
      await this.#store.put(space, this.#key({ kind: 'project', path }, 'requests'), sorted);
    });
  }

  #key({ kind, path }: Scope, what: 'cursor' | 'requests' | 'head' = 'cursor'): string {
    return `${this.#api.url} ${kind} ${pathKey(path)} ${what}`;
  }
}

/** By creation: an order that does not change while the pages are read. */
const everything = { scope: 'all', orderBy: 'created_at', sort: 'desc', withMergeStatusRecheck: true } as const;

const later = (one: string, other: string): string => (one === '' || Date.parse(other) > Date.parse(one) ? other : one);
