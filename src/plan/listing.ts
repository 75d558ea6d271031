import { collection } from '../domain/api-path.ts';
import { statusOf } from '../domain/api-status.ts';
import type { ApiServer, DiscoveredKind, Discovery, ObjectMetadata, ServedKind } from '../domain/cluster.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import { groupOf } from '../manifests/identity.ts';
import { record } from '../manifests/objects.ts';

/** A list of one kind; `namespace` absent: of all namespaces. */
export interface Listing {
  readonly kind: ServedKind;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** What was made of each object, or why the list is not whole, as a clause: `secrets of v1 could not be listed (…)`. */
export type Listed<T> = { readonly found: readonly T[] } | { readonly unseen: string; readonly error?: OutsideError };

/** The kinds whose objects can be listed and deleted; of the versions of one, that which the server prefers. */
export function prunableKinds({ kinds }: Discovery): readonly DiscoveredKind[] {
  const able = kinds.filter(({ verbs }) => verbs.includes('list') && verbs.includes('delete'));
  return [...new Map(able.toReversed().map((kind) => [`${groupOf(kind.apiVersion)}/${kind.plural}`, kind])).values()].toReversed();
}

/** With a fallback for servers behind an aggregated API that know nothing else. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
const perPage = 500;
/** How often a list begins anew because its page token expired. */
const mostStarts = 3;

/**
 * Asks for nothing but metadata, page by page, and keeps of each object what `fact` makes of it. A list that was refused, or that was not given
 * to its end, is none.
 */
export async function listMetadata<T>(
  server: ApiServer,
  listing: Listing,
  fact: (metadata: ObjectMetadata) => T | undefined,
  signal?: AbortSignal,
): Promise<Listed<T>> {
  const unseen = `${listing.kind.plural} of ${listing.kind.apiVersion} could not be listed`;
  try {
    for (let start = 1; start <= mostStarts; start += 1) {
      const read = await readPages(server, listing, fact, signal);
      if (read === 'expired') continue;
      return typeof read === 'string' ? { unseen: `${unseen} (${read})` } : { found: read };
    }
    return { unseen: `${unseen} (its page tokens expire before the next page is asked for)` };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { unseen: `${unseen} (${explain(error)})`, error };
  }
}

/** The facts, or why there are none; `expired`: the server has forgotten where the next page begins. */
async function readPages<T>(
  server: ApiServer,
  listing: Listing,
  fact: (metadata: ObjectMetadata) => T | undefined,
  signal: AbortSignal | undefined,
): Promise<T[] | string> {
  const found: T[] = [];
  for (let token = ''; ; ) {
    const reply = await server.ask({ method: 'GET', path: pathOfPage(listing, token), accept: metadataOnly }, signal);
    if (reply.status === 410) return 'expired';
    if (reply.status !== 200) return `${reply.status}: ${statusOf(reply).message}`;
    const page = pageOf(reply.body);
    if (page === undefined) return 'the reply is no list of objects';
    for (const metadata of page.items) {
      const made = fact(metadata);
      if (made !== undefined) found.push(made);
    }
    if (page.next === '') return found;
    if (page.next === token) return 'the same page came twice';
    token = page.next;
  }
}

function pathOfPage({ kind, namespace, labelSelector }: Listing, token: string): string {
  const root = namespace === undefined ? collection({ ...kind, namespaced: false }, '') : collection(kind, namespace);
  const query = new URLSearchParams({
    ...(labelSelector !== undefined && { labelSelector }),
    limit: String(perPage),
    ...(token !== '' && { continue: token }),
  });
  return `${root}?${query.toString()}`;
}

/** undefined where it is anything else: what is not understood must not look like an empty list. */
function pageOf(body: string): { readonly items: readonly ObjectMetadata[]; readonly next: string } | undefined {
  const list = parsed(body);
  const { items, metadata } = list ?? {};
  const { continue: next = '' } = record(metadata);
  if (!(Array.isArray(items) || (items === null && list?.['kind'] !== undefined)) || typeof next !== 'string') return undefined;
  const all = ((items ?? []) as unknown[]).map((item) => record(record(item)['metadata']));
  const isWhole = all.every(({ name, uid, resourceVersion }) => [name, uid, resourceVersion].every(isText));
  return isWhole ? { items: all as unknown as ObjectMetadata[], next } : undefined; // an API server's answer
}

/** Of a single object; undefined where the text is none. */
export function metadataOf(body: string): ObjectMetadata | undefined {
  const metadata = record(parsed(body)?.['metadata']);
  return isText(metadata['uid']) && isText(metadata['name']) ? (metadata as unknown as ObjectMetadata) : undefined; // an API server's answer
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(body));
  } catch {
    return undefined;
  }
}
