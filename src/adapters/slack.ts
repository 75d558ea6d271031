import { type WebClient as Client, ErrorCode, WebClient } from '@slack/web-api';
import { OutsideError, RefusedError } from '../domain/errors.ts';
import { RetryAt } from '../domain/queue.ts';
import type { Redact } from '../domain/redact.ts';

export interface SlackOptions {
  readonly token: string;
  /** `https://slack.com/api/`, or another Slack's. */
  readonly url: string;
  readonly redact: Redact;
}

const timeout = 15_000;
/** Our mark on a message: https://docs.slack.dev/messaging/message-metadata/ */
const event = 'lockkeeper';
const newest = 200;
/** In one answer: https://docs.slack.dev/reference/methods/conversations.list */
const mostChannels = 1000;
const isId = (channel: string): boolean => /^[CG][A-Z0-9]{8,}$/.test(channel);

/**
 * Messages in Slack. Nothing is tried again here: the queue does that. Throws RetryAt where Slack says when, RefusedError where somebody has to
 * change something in Slack, OutsideError for everything else.
 */
export function createSlack({ token, url, redact }: SlackOptions) {
  const client = new WebClient(token, {
    slackApiUrl: url,
    timeout,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent,
  });
  const ask = async <T>(doing: string, call: (slack: Client) => Promise<T>): Promise<T> => {
    try {
      return await call(client);
    } catch (error) {
      throw told(new URL(url).host, doing, error, redact);
    }
  };
  return {
    async post(channel: string, text: string, key: string, thread?: string) {
      const reply = await ask(`posting in ${channel}`, (slack) =>
        slack.chat.postMessage({
          channel,
          text,
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: event, event_payload: { key } },
          ...(thread !== undefined && { thread_ts: thread }),
        }),
      );
      if (reply.channel === undefined || reply.ts === undefined)
        throw new OutsideError(new URL(url).host, `posting in ${channel}: Slack did not say where the message is`);
      return { channel: reply.channel, message: reply.ts };
    },
    async edit(channel: string, message: string, text: string): Promise<void> {
      await ask(`editing a message in ${channel}`, (slack) => slack.chat.update({ channel, ts: message, text }));
    },
    async locate(channel: string): Promise<string | undefined> {
      if (isId(channel)) return channel;
      const name = channel.replace(/^#/, '');
      try {
        for (let cursor = ''; ; ) {
          const page = { types: 'public_channel,private_channel', exclude_archived: true, limit: mostChannels, cursor };
          const { channels = [], response_metadata: more } = await client.conversations.list(page);
          const found = channels.find((one) => one.name === name)?.id;
          cursor = more?.next_cursor ?? '';
          if (found !== undefined || cursor === '') return found;
        }
      } catch (error) {
        if (isPlatform(error) && unreadable.includes(error.data.error)) return undefined;
        throw told(new URL(url).host, `looking for ${channel}`, error, redact);
      }
    },
    async find(channel: string, key: string, thread?: string): Promise<string | undefined> {
      const page = { channel, limit: newest, include_all_metadata: true };
      try {
        const { messages = [] } =
          thread === undefined ? await client.conversations.history(page) : await client.conversations.replies({ ...page, ts: thread });
        return messages.find(({ metadata }) => metadata?.event_type === event && keyOf(metadata.event_payload) === key)?.ts;
      } catch (error) {
        if (isPlatform(error) && unreadable.includes(error.data.error)) return undefined;
        throw told(new URL(url).host, `reading ${channel}`, error, redact);
      }
    },
  };
}

const keyOf = (payload: unknown): unknown =>
  typeof payload === 'object' && payload !== null && 'key' in payload ? payload.key : undefined;

/** Slack's words for "this app may not read here"; then what was sent cannot be found again, which is all that is lost. */
const unreadable: readonly string[] = ['missing_scope', 'not_in_channel', 'channel_not_found', 'thread_not_found'];

/** Slack's words for trouble of its own, which passes. https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const troubles: readonly string[] = [
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'rate_limited',
  'ratelimited',
];

const quiet = (): void => {};
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet, setLevel: quiet, setName: quiet, getLevel: () => 'error' as never };

interface PlatformError {
  readonly data: { readonly error: string };
}

const codeOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined);
const isPlatform = (error: unknown): error is PlatformError => codeOf(error) === ErrorCode.PlatformError;

/** What a person does about Slack's refusals: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const advice: Readonly<Record<string, string>> = {
  invalid_auth: 'the token is not valid: notifications.slack.token in app.yml',
  not_authed: 'the token is missing: notifications.slack.token in app.yml',
  account_inactive: 'the token belongs to a deleted app or user: notifications.slack.token in app.yml',
  token_revoked: 'the token was revoked: notifications.slack.token in app.yml',
  channel_not_found: 'there is no such channel, or the app is not in it: invite it, or change notifications.slack in app.yml',
  not_in_channel: 'invite the app to the channel, or give it the scope chat:write.public',
  is_archived: 'the channel is archived: change notifications.slack in app.yml',
  missing_scope: 'give the app the scope chat:write',
};

function told(host: string, doing: string, error: unknown, redact: Redact): Error {
  if (codeOf(error) === ErrorCode.RateLimitedError && Error.isError(error) && 'retryAfter' in error) {
    const seconds = Number(error.retryAfter) || 1;
    return new RetryAt(`${doing}: Slack asks to be left alone for ${seconds} s`, new Date(Date.now() + seconds * 1000));
  }
  if (isPlatform(error)) {
    const { error: word } = error.data;
    const Kind = troubles.includes(word) ? OutsideError : RefusedError;
    return new Kind(host, `${doing}: Slack says ${redact(word)}${advice[word] === undefined ? '' : `; ${advice[word]}`}`);
  }
  const text = Error.isError(error) ? redact(error.message) : 'no answer';
  const status = Error.isError(error) && 'statusCode' in error ? Number(error.statusCode) : 0;
  const isRefused = status >= 400 && status < 500 && status !== 408;
  if (isRefused) return new RefusedError(host, `${doing}: ${text}; does notifications.slack.url lead to Slack?`, { status });
  return new OutsideError(host, `${doing}: ${text}`);
}
