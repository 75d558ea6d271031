import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** What a delivery says before its body. */
export interface Head {
  /** Decoded, without the query; as it is where it cannot be decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By its name in lower case. Throws Refusal for one that is given twice: which of them counts, two readers may see differently. */
  header(name: string): string | undefined;
}

export function headOf(request: IncomingMessage): Head {
  const [path = '', ...query] = (request.url ?? '').split('?');
  return {
    path: decoded(path),
    query: new URLSearchParams(query.join('?')),
    header: (name) => {
      const [value, ...more] = request.headersDistinct[name] ?? [];
      if (more.length > 0) throw new Refusal('malformed', `the header ${name} is given ${more.length + 1} times`);
      return value;
    },
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Throws Refusal unless it is a POST of plain JSON of one of the types. */
export function checkHead(request: IncomingMessage, head: Head, types: readonly string[]): void {
  if (request.method !== 'POST') throw new Refusal('malformed', 'the method is not POST', 405);
  const [type = ''] = (head.header('content-type') ?? '').split(';');
  if (!types.includes(type.trim().toLowerCase())) throw new Refusal('malformed', `the content type is none of ${types.join(', ')}`, 415);
  const encoding = head.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity') throw new Refusal('malformed', 'the body is compressed', 415);
}

/** A delivery's own name for itself, from a header. Throws Refusal for one that no sender would write. */
export function idOf(head: Head, name: string): string | undefined {
  const id = head.header(name);
  if (id !== undefined && !/^[\x21-\x7e]{1,128}$/.test(id)) throw new Refusal('malformed', `the header ${name} is no id`);
  return id;
}
