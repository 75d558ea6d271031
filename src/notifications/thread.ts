import type { Locks } from '../domain/locks.ts';
import type { Queue } from '../domain/queue.ts';
import type { Store } from '../domain/store.ts';

/** What people shall be told of one merge request or run: a message, kept up to date, and what happened, below it. */
export interface Thread {
  /** Its place: the channel of the environment. */
  readonly environment: string;
  /** Slack's mrkdwn. */
  readonly text: string;
  /** In the order in which it happened; only ever grows. */
  readonly log: readonly string[];
  /** The newest write to the environment that this shows. */
  readonly shows: number;
  /** RFC 3339: what it is about was changed last; absent where we have changed it. */
  readonly updatedAt?: string | undefined;
}

/** What they have been told. */
export interface Told {
  readonly channel: string;
  /** Slack's name for the first message. */
  readonly message: string;
  readonly text: string;
  /** How many lines of the log. */
  readonly log: number;
}

export interface ThreadPorts {
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly locks: Locks;
}

export interface ThreadNews extends Omit<Thread, 'log'> {
  /** Said below the first message where it changes that one. */
  readonly event: string;
  /** Whether it is worth a first message. */
  readonly isNew: boolean;
}

/** Milliseconds that others may take to write down what they want to be said. */
const patience = 60_000;

export const wanted = (store: Pick<Store, 'get'>, id: string): Promise<Thread | undefined> => store.get<Thread>('thread', id);
export const told = (store: Pick<Store, 'get'>, id: string): Promise<Told | undefined> => store.get<Told>('told', id);
export const rememberTold = (store: Pick<Store, 'put'>, id: string, what: Told): Promise<void> => store.put('told', id, what);

/** Sets what people shall be told; the queue tells them, however long that takes. Saying the same again does nothing, nor does an older word. */
export async function announce({ store, queue, locks }: ThreadPorts, id: string, news: ThreadNews, trace: string): Promise<void> {
  if (!(await isNews(store, id, news))) return await catchUp({ store, queue }, id, trace);
  await locks.hold(`threads ${news.environment}`, patience, async () => {
    if (await isNews(store, id, news)) await store.put('thread', id, next(await wanted(store, id), news));
  });
  await catchUp({ store, queue }, id, trace);
}

async function isNews(store: ThreadPorts['store'], id: string, news: ThreadNews): Promise<boolean> {
  const before = await wanted(store, id);
  return before === undefined ? news.isNew : before.text !== news.text && !isOlder(news, before);
}

function isOlder(one: Pick<Thread, 'shows' | 'updatedAt'>, other: Pick<Thread, 'shows' | 'updatedAt'>): boolean {
  if (one.updatedAt === undefined || other.updatedAt === undefined) return one.shows < other.shows;
  return Date.parse(one.updatedAt) < Date.parse(other.updatedAt);
}

const next = (before: Thread | undefined, { environment, text, shows, updatedAt, event }: ThreadNews): Thread => ({
  environment,
  text,
  shows,
  updatedAt,
  log: before === undefined ? [] : saysTheSame(before.text, text) ? before.log : [...before.log, event],
});

/** But for where its links lead. */
const saysTheSame = (one: string, other: string): boolean => withoutLinks(one) === withoutLinks(other);
const withoutLinks = (text: string): string => text.replaceAll(/<[^<|>]*\|/g, '<|');

/** A run that ended between remembering what shall be said and asking for it to be said left people untold. */
async function catchUp({ store, queue }: Pick<ThreadPorts, 'store' | 'queue'>, id: string, trace: string): Promise<void> {
  const [shall, known] = await Promise.all([wanted(store, id), told(store, id)]);
  if (shall === undefined || (known?.text === shall.text && known.log === shall.log.length)) return;
  await queue.add([{ data: { kind: 'notify', thread: id }, key: id, trace }]);
}
