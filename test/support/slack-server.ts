import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlackMessage {
  readonly ts: string;
  text: string;
  readonly thread?: string;
  readonly metadata?: unknown;
}

/** How the next calls of a method end instead of being carried out; `after`: they are carried out all the same. */
export interface SlackFailure {
  readonly method: string;
  readonly status?: number;
  readonly retryAfter?: number;
  readonly reset?: boolean;
  readonly error?: string;
  readonly after?: boolean;
  readonly times?: number;
}

/** Slack may give fewer than it was asked for. */
const mostListed = 2;

/**
 * Slack's Web API as far as messages go, after https://docs.slack.dev/reference/methods: one workspace, channels by name and id, refusing what
 * Slack refuses. Nothing else is answered.
 */
export async function startSlack(token: string, names: readonly string[]) {
  const channels = new Map(names.map((name, index) => [`C00000000${index}`, { name, messages: [] as SlackMessage[] }]));
  const calls: { readonly method: string; readonly at: number }[] = [];
  const failures: (SlackFailure & { left: number })[] = [];
  let clock = 1_700_000_000;
  const ofId = (id: string) => channels.get(id);
  const idOf = (given: string): string | undefined =>
    channels.has(given) ? given : [...channels].find(([, { name }]) => `#${name}` === given || name === given)?.[0];

  const methods: Record<string, (body: Readonly<Record<string, string>>) => object> = {
    'chat.postMessage': ({ channel = '', text = '', thread_ts: thread, metadata }) => {
      const id = idOf(channel);
      if (id === undefined) return { ok: false, error: 'channel_not_found' };
      if (text === '') return { ok: false, error: 'no_text' };
      if (text.length > 40_000) return { ok: false, error: 'msg_too_long' };
      const messages = ofId(id)?.messages ?? [];
      if (thread !== undefined && !messages.some(({ ts }) => ts === thread)) return { ok: false, error: 'thread_not_found' };
      clock += 1;
      const ts = `${clock}.000100`;
      messages.push({
        ts,
        text,
        ...(thread !== undefined && { thread }),
        ...(metadata !== undefined && { metadata: JSON.parse(metadata) as unknown }),
      });
      return { ok: true, channel: id, ts, message: { type: 'message', ts, text } };
    },
    'chat.update': ({ channel = '', ts = '', text = '' }) => {
      const message = ofId(channel)?.messages.find((one) => one.ts === ts);
      if (!channels.has(channel)) return { ok: false, error: 'channel_not_found' };
      if (message === undefined) return { ok: false, error: 'message_not_found' };
      if (text === '') return { ok: false, error: 'no_text' };
      message.text = text;
      return { ok: true, channel, ts, text };
    },
    'conversations.list': ({ types = 'public_channel', limit = '100', cursor = '' }) => {
      if (Number(limit) > 1000) return { ok: false, error: 'invalid_limit' };
      const all = types.includes('public_channel') ? [...channels].map(([id, { name }]) => ({ id, name })) : [];
      const from = Number(cursor);
      const until = from + Math.min(Number(limit), mostListed);
      const next = until < all.length ? String(until) : '';
      return { ok: true, channels: all.slice(from, until), response_metadata: { next_cursor: next } };
    },
    'conversations.history': (body) => listed(body, (message) => message.thread === undefined),
    'conversations.replies': (body) => listed(body, ({ ts, thread }) => ts === body['ts'] || thread === body['ts']),
  };

  function listed(
    { channel = '', limit = '100', include_all_metadata: all }: Readonly<Record<string, string>>,
    is: (message: SlackMessage) => boolean,
  ) {
    const found = ofId(channel)?.messages.filter(is).toReversed().slice(0, Number(limit));
    if (found === undefined) return { ok: false, error: 'channel_not_found' }; // names are not taken here
    return {
      ok: true,
      messages: found.map(({ metadata, ...rest }) => ({ type: 'message', ...rest, ...(all === 'true' && { metadata }) })),
    };
  }

  const server = createServer((request, response) => {
    void (async () => {
      const method = (request.url ?? '').replace(/^\/api\//, '');
      const body = Object.fromEntries(new URLSearchParams(await textOf(request)));
      const answer = (status: number, value: object, headers: Record<string, string> = {}): void => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
      };
      calls.push({ method, at: performance.now() });
      if (request.method !== 'POST' || methods[method] === undefined) return answer(200, { ok: false, error: 'unknown_method' });
      if (request.headers.authorization !== `Bearer ${token}`) return answer(200, { ok: false, error: 'invalid_auth' });
      const failure = failures.find((one) => one.method === method && one.left > 0);
      if (failure === undefined) return answer(200, methods[method](body));
      failure.left -= 1;
      if (failure.after === true) methods[method](body);
      if (failure.reset === true) request.socket.destroy();
      else if (failure.error !== undefined) answer(200, { ok: false, error: failure.error });
      else
        answer(
          failure.status ?? 500,
          { ok: false, error: 'ratelimited' },
          failure.retryAfter === undefined ? {} : { 'retry-after': String(failure.retryAfter) },
        );
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    calls,
    messages: (name: string): readonly SlackMessage[] => ofId(idOf(name) ?? '')?.messages ?? [],
    fail: (failure: SlackFailure): void => void failures.push({ ...failure, left: failure.times ?? 1 }),
    /** Nothing fails any more. */
    recover: (): void => void failures.splice(0),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
