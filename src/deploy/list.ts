import { statusOf } from '../domain/api-status.ts';
import { OutsideError } from '../domain/errors.ts';
import { record } from '../manifests/objects.ts';
import type { Value } from './health/health.ts';
import type { Target } from './target.ts';

export interface Listing {
  /** Of the collection. */
  readonly path: string;
  /** As in its query: `labelSelector`, `resourceVersion`. */
  readonly query: Readonly<Record<string, string>>;
  /** Objects a page. */
  readonly page: number;
  readonly metadataOnly?: boolean;
}

const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Hands over each object of a list, a page in memory at a time; gives the version of the list. Throws OutsideError when the list cannot be had whole. */
export async function eachListed(target: Target, of: Listing, take: (value: Value) => void, signal: AbortSignal): Promise<string> {
  let query: Readonly<Record<string, string>> = of.query;
  for (;;) {
    const path = `${of.path}?${new URLSearchParams({ ...query, limit: String(of.page) }).toString()}`;
    const request = { method: 'GET', path, ...(of.metadataOnly === true ? { accept: metadataOnly } : {}) } as const;
    const reply = await target.turns(() => target.server.ask(request, signal));
    if (reply.status !== 200)
      throw new OutsideError(target.server.host, `GET ${of.path}: ${statusOf(reply).message}`, { status: reply.status });
    const { items, metadata } = JSON.parse(reply.body) as {
      readonly items?: readonly unknown[];
      readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
    };
    for (const item of items ?? []) take(record(item));
    if ((metadata?.continue ?? '') === '') return metadata?.resourceVersion ?? '';
    const { resourceVersion: _, resourceVersionMatch: __, ...rest } = query; // the token says which
    query = { ...rest, continue: metadata?.continue ?? '' };
  }
}
