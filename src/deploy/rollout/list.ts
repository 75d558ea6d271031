import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { record } from '../../manifests/objects.ts';
import type { Target } from '../target.ts';
import type { Value } from './health/health.ts';

/** Whole objects, unlike listMetadata. */
export interface Listing {
  /** Of the collection. */
  readonly path: string;
  /** As in its query: `labelSelector`, `resourceVersion`. */
  readonly query: Readonly<Record<string, string>>;
  /** Objects a page. */
  readonly page: number;
}

/** Hands over each object of a list, a page in memory at a time; gives the version of the list. Throws OutsideError when the list cannot be had whole. */
export async function eachListed(
  { server, turns }: Target,
  of: Listing,
  take: (value: Value) => void,
  signal: AbortSignal,
): Promise<string> {
  let query: Readonly<Record<string, string>> = of.query;
  for (;;) {
    const path = `${of.path}?${new URLSearchParams({ ...query, limit: String(of.page) }).toString()}`;
    const list = answered(server.host, of.path, await turns(() => server.ask({ method: 'GET', path }, signal)));
    const { items, metadata } = list;
    if (items !== null && !Array.isArray(items)) throw new OutsideError(server.host, `GET ${of.path}: the reply is no list of objects`);
    for (const item of (items ?? []) as readonly unknown[]) take(record(item));
    const { continue: next, resourceVersion: version } = record(metadata);
    if (typeof next !== 'string' || next === '') return typeof version === 'string' ? version : '';
    if (next === query['continue']) throw new OutsideError(server.host, `GET ${of.path}: the same page came twice`);
    const asked = Object.entries(of.query).filter(([name]) => !name.startsWith('resourceVersion')); // the token says which
    query = { ...Object.fromEntries(asked), continue: next };
  }
}

/** What a request brought. Throws OutsideError for anything that is no object of the API. */
export function answered(host: string, path: string, reply: ApiReply): Value {
  if (reply.status !== 200) throw new OutsideError(host, `GET ${path}: ${statusOf(reply).message}`, { status: reply.status });
  const value = parsed(reply.body);
  if (typeof value['kind'] !== 'string') throw new OutsideError(host, `GET ${path}: the reply is no object of the API`);
  return value;
}

function parsed(body: string): Value {
  try {
    return record(JSON.parse(body));
  } catch {
    return {};
  }
}
