import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Store } from '../../domain/store.ts';

const space = 'http';

/** Headers that must not outlive their reply. */
const fleeting = new Set(['set-cookie', 'connection', 'keep-alive', 'transfer-encoding', 'www-authenticate', 'retry-after']);

/** A reply as it is kept: the body as text where it is text, else in base64. */
interface Kept {
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly base64?: string;
}

export interface KeptReply {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Replies with an ETag or a modification time, kept between runs so that "nothing changed" costs no body. https://www.rfc-editor.org/rfc/rfc9110#section-13 */
export class ConditionalCache {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Hashed, because a URL's query may hold a secret. */
  key(url: string, accept: string): string {
    return createHash('sha256').update(`${accept}\n${url}`).digest('hex');
  }

  async find(key: string): Promise<KeptReply | undefined> {
    const kept = await this.#store.get<Kept>(space, key);
    if (kept === undefined) return undefined;
    const body = kept.text === undefined ? Buffer.from(kept.base64 ?? '', 'base64') : Buffer.from(kept.text);
    return { headers: kept.headers, body };
  }

  async keep(key: string, reply: KeptReply): Promise<void> {
    const { headers, body } = reply;
    if (Object.keys(conditions(headers)).length === 0 || /\bno-store\b/i.test(headers['cache-control'] ?? '')) return;
    const lasting = Object.fromEntries(Object.entries(headers).filter(([name]) => !fleeting.has(name)));
    const content = isUtf8(body) ? { text: body.toString('utf8') } : { base64: body.toString('base64') };
    await this.#store.put(space, key, { headers: lasting, ...content } satisfies Kept);
  }
}

/** The request headers that ask "only if it changed since". */
export function conditions(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { etag, 'last-modified': modified } = headers;
  if (etag !== undefined) return { 'if-none-match': etag };
  return modified === undefined ? {} : { 'if-modified-since': modified };
}

/** The kept headers as a 304 renews them; what it says of its own empty body does not count. */
export function refreshed(kept: Readonly<Record<string, string>>, fresh: Readonly<Record<string, string>>): Record<string, string> {
  return { ...kept, ...Object.fromEntries(Object.entries(fresh).filter(([name]) => !name.startsWith('content-'))) };
}
