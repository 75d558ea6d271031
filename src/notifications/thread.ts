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
}

export const wanted = (store: Pick<Store, 'get'>, id: string): Promise<Thread | undefined> => store.get<Thread>('thread', id);
export const told = (store: Pick<Store, 'get'>, id: string): Promise<Told | undefined> => store.get<Told>('told', id);
export const rememberTold = (store: Pick<Store, 'put'>, id: string, what: Told): Promise<void> => store.put('told', id, what);

/** Sets what people shall be told; the queue tells them, however long that takes. Saying the same again does nothing. */
export async function announce(
  { store, queue }: ThreadPorts,
  id: string,
  thread: Omit<Thread, 'log'>,
  event: string | undefined,
  trace: string,
): Promise<void> {
  const before = await wanted(store, id);
  const log = before?.log ?? [];
  const next = { ...thread, log: event === undefined || before === undefined || log.at(-1) === event ? log : [...log, event] };
  if (before === undefined || before.text !== next.text || log.length !== next.log.length) await store.put('thread', id, next);
  await catchUp({ store, queue }, id, trace);
}

/** A run that ended between remembering what shall be said and asking for it to be said left people untold. */
export async function catchUp({ store, queue }: ThreadPorts, id: string, trace: string): Promise<void> {
  const [next, known] = await Promise.all([wanted(store, id), told(store, id)]);
  if (next === undefined || (known?.text === next.text && known.log === next.log.length)) return;
  await queue.add([{ data: { kind: 'notify', thread: id }, key: id, trace }]);
}
