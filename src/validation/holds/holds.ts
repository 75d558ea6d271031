import { identityOf } from '../../manifests/identity.ts';
import type { Plan } from '../../plan/plan.ts';

/** What an open merge request holds: objects, each by its identity, with the time (RFC 3339, UTC) since when. */
export type Held = Readonly<Record<string, string>>;

/** Of one merge request; whoever touches more holds the first ones. */
const mostHeld = 5_000;

/** What merging would create, change or prune, by identity. */
export const touchedBy = ({ create, change, prune }: Pick<Plan, 'create' | 'change' | 'prune'>): readonly string[] =>
  [...create, ...change.map(({ object }) => object), ...prune.map(({ object }) => object)].map(identityOf).slice(0, mostHeld);

/** What it holds once its plan touches these: what it held before it holds since then, the rest since `now`. */
export const heldAfter = (before: Held, touched: readonly string[], now: string): Held =>
  Object.fromEntries(touched.map((object) => [object, before[object] ?? now]));

export const isSame = (one: Held, other: Held): boolean => {
  const [all, others] = [Object.entries(one), Object.entries(other)];
  return all.length === others.length && all.every(([object, since]) => other[object] === since);
};

/** An open merge request, by its number, and what it holds. */
export interface Holding {
  readonly id: number;
  readonly held: Held;
}

/** Objects that another merge request held first. */
export interface HeldFirst {
  readonly by: number;
  /** The oldest hold among these. */
  readonly since: string;
  /** Sorted. */
  readonly objects: readonly string[];
}

/**
 * Of the objects that `own` touches, those that others held before it, by who holds each: of several the first one, of two at the same moment the
 * lower number. Oldest hold first.
 */
export function heldFirst(own: Holding, others: readonly Holding[]): readonly HeldFirst[] {
  const firsts = Object.entries(own.held).flatMap(([object, since]) => {
    const first = others.map(({ id, held }) => ({ id, since: held[object] })).reduce(earlier, { id: own.id, since });
    return first.id === own.id || first.since === undefined ? [] : [{ object, by: first.id, since: first.since }];
  });
  return [...Map.groupBy(firsts, ({ by }) => by)]
    .map(([by, shared]) => ({
      by,
      since: shared.map(({ since }) => since).reduce((one, other) => (other < one ? other : one)),
      objects: shared.map(({ object }) => object).sort(),
    }))
    .sort((one, other) => (one.since < other.since ? -1 : one.since > other.since ? 1 : one.by - other.by));
}

interface Claim {
  readonly id: number;
  /** undefined where it does not hold the object. */
  readonly since: string | undefined;
}

function earlier(one: Claim, other: Claim): Claim {
  if (one.since === undefined || other.since === undefined) return one.since === undefined ? other : one;
  return other.since < one.since || (other.since === one.since && other.id < one.id) ? other : one;
}
