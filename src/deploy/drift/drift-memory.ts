import { createHash } from 'node:crypto';
import type { Drift } from '../../domain/deployment.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { Store } from '../../domain/store.ts';
import { identityOf } from '../../manifests/identity.ts';

/** What was last found to differ between a cluster and its repository. */
export interface KnownDrift {
  /** See placeOf. */
  readonly place: string;
  readonly commit: string;
  /** How many objects of each kind of drift. */
  readonly counts: Readonly<Record<Drift['kind'], number>>;
  /** The same for the same finding; empty for none. */
  readonly finding: string;
  /** When cluster and repository were first seen apart: RFC 3339. */
  readonly since: string;
  /** The next run shall set it back. */
  readonly correct: boolean;
  /** When it was looked at last: RFC 3339. Absent where an older version did. */
  readonly lookedAt?: string;
  /** What was found then, the first few. */
  readonly objects?: readonly FoundDrift[];
  /** When a run last set something back: RFC 3339. */
  readonly correctedAt?: string;
}

/** One object that is not as it should be; texts come from outside. */
export type FoundDrift = Pick<Drift, 'object' | 'kind' | 'summary' | 'by'>;

const mostObjects = 100;
const longestSummary = 500;

/** After a correction, milliseconds in which what is found was there in spite of it: somebody else sets it, and would be fought without end. */
const settling = 5 * 60_000;

const space = 'drift';
const keyOf = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;

/** Undefined where nobody has looked in that place yet. */
export async function knownDrift(store: Pick<Store, 'get'>, repository: RepositoryRef, place: string): Promise<KnownDrift | undefined> {
  const known = await store.get<KnownDrift>(space, keyOf(repository));
  return known?.place === place ? known : undefined;
}

export const rememberDrift = (store: Pick<Store, 'put'>, repository: RepositoryRef, what: KnownDrift): Promise<void> =>
  store.put(space, keyOf(repository), what);

/** What a run of the very same commit would set right. */
const isCorrectable = ({ kind, stays }: Drift): boolean => stays !== true && ['changed', 'missing', 'left-over'].includes(kind);

/** What is no work in progress: a run that has not come yet is no news. */
export const toTell = (drifts: readonly Drift[]): readonly Drift[] => drifts.filter(({ kind }) => kind !== 'not-deployed');

/** What is to be remembered of a look, and whether it is news. */
export function seen(
  known: KnownDrift | undefined,
  drifts: readonly Drift[],
  of: { readonly place: string; readonly commit: string; readonly corrects: boolean; readonly now: Date },
): { readonly memory: KnownDrift; readonly isNews: boolean } {
  const { place, commit, corrects, now } = of;
  const finding = findingOf(toTell(drifts));
  const before = known?.finding ?? '';
  const counts: Record<Drift['kind'], number> = { changed: 0, missing: 0, 'not-deployed': 0, 'left-over': 0, unknown: 0 };
  for (const { kind } of drifts) counts[kind] += 1;
  const since = before === '' || known === undefined ? now.toISOString() : known.since;
  const correctedAt = known?.correctedAt;
  const isFresh = correctedAt !== undefined && now.getTime() - Date.parse(correctedAt) < settling;
  const correct = corrects && !isFresh && drifts.some(isCorrectable);
  const objects = drifts.slice(0, mostObjects).map(shortened);
  const memory = {
    place,
    commit,
    counts,
    finding,
    since,
    correct,
    lookedAt: now.toISOString(),
    objects,
    ...(correctedAt !== undefined && { correctedAt }),
  };
  return { memory, isNews: finding !== before };
}

const shortened = ({ object, kind, summary, by }: Drift): FoundDrift => ({
  object,
  kind,
  summary: summary.slice(0, longestSummary),
  ...(by !== undefined && { by }),
});

function findingOf(drifts: readonly Drift[]): string {
  if (drifts.length === 0) return '';
  const lines = drifts.map(({ object, kind, summary }) => `${identityOf(object)} ${kind} ${summary}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 32);
}
