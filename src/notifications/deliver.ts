import type { Locks } from '../domain/locks.ts';
import type { Store } from '../domain/store.ts';
import { rememberTold, type Told, told, wanted } from './thread.ts';

/** Where people read. Messages are told apart by their key, so that one that was sent and not remembered is found again. */
export interface Chat {
  /** Gives the channel's and the message's own names. */
  post(channel: string, text: string, key: string, thread?: string): Promise<{ readonly channel: string; readonly message: string }>;
  edit(channel: string, message: string, text: string): Promise<void>;
  /** The channel's own name; undefined when there is none, or the channels may not be listed. */
  locate(channel: string): Promise<string | undefined>;
  /** A message of ours with the key among the newest; undefined when there is none, or the channel may not be read. */
  find(channel: string, key: string, thread?: string): Promise<string | undefined>;
}

export interface DeliveryPorts {
  readonly chat: Chat;
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly locks: Locks;
  /** The channel of an environment, as app.yml names it. */
  channelOf(environment: string): string;
  readonly wait: (ms: number) => Promise<void>;
}

/** Milliseconds: one message per second and channel. https://docs.slack.dev/apis/web-api/rate-limits/ */
const pace = 1000;
const patience = 10 * 60_000;

/** Makes the thread say what it shall say. It may end between any two messages, as it does when the signal is aborted: the next try goes on from there. */
export async function deliver(ports: DeliveryPorts, id: string, signal: AbortSignal): Promise<void> {
  const thread = await wanted(ports.store, id);
  if (thread === undefined) return;
  const channel = ports.channelOf(thread.environment);
  let known = (await told(ports.store, id)) ?? (await first(ports, id, channel, thread.text));
  if (known.text !== thread.text) {
    const { channel: place, message } = known;
    await paced(ports, channel, () => ports.chat.edit(place, message, thread.text));
    known = await remember(ports, id, { ...known, text: thread.text });
  }
  for (const [at, line] of thread.log.entries()) {
    if (at < known.log) continue;
    signal.throwIfAborted();
    const { channel: place, message } = known;
    const key = `${id} ${at}`;
    const sent = at === known.log ? await ports.chat.find(place, key, message) : undefined;
    if (sent === undefined) await paced(ports, channel, () => ports.chat.post(place, line, key, message));
    known = await remember(ports, id, { ...known, log: at + 1 });
  }
}

async function first(ports: DeliveryPorts, id: string, channel: string, text: string): Promise<Told> {
  return await remember(ports, id, { ...(await say(ports, channel, text, id)), log: 0 });
}

/** Posts a message unless one of ours with the key is there; of that one it is not known what it says, and `text` is empty. */
export async function say(
  ports: Omit<DeliveryPorts, 'channelOf'>,
  channel: string,
  text: string,
  key: string,
): Promise<Pick<Told, 'channel' | 'message' | 'text'>> {
  const place = await placeOf(ports, channel);
  const found = place === undefined ? undefined : await ports.chat.find(place, key);
  if (place !== undefined && found !== undefined) return { channel: place, message: found, text: '' };
  const sent = await paced(ports, channel, () => ports.chat.post(channel, text, key));
  if (sent.channel !== place) await ports.store.put('channel', channel, sent.channel);
  return { ...sent, text };
}

async function placeOf({ store, chat }: Pick<DeliveryPorts, 'store' | 'chat'>, channel: string): Promise<string | undefined> {
  const known = await store.get<string>('channel', channel);
  if (known !== undefined) return known;
  const found = await chat.locate(channel);
  if (found !== undefined) await store.put('channel', channel, found);
  return found;
}

async function remember({ store }: DeliveryPorts, id: string, what: Told): Promise<Told> {
  await rememberTold(store, id, what);
  return what;
}

/** In all replicas together. */
function paced<T>({ locks, wait }: Pick<DeliveryPorts, 'locks' | 'wait'>, channel: string, send: () => Promise<T>): Promise<T> {
  return locks.hold(`chat ${channel}`, patience, async () => {
    const result = await send();
    await wait(pace);
    return result;
  });
}
