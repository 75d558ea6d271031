import type { ShownRequest } from './source.ts';

/** What an open merge request waits for, most useful first. */
export const standings = ['ready', 'approval', 'work', 'unjudged', 'draft'] as const;
export type Standing = (typeof standings)[number];

/** By its verdicts; a judge that does not concern it has said nothing, and what is judged again has no verdict until then. */
export function standingOf({ draft, conflicts, validate, access, kind, judging }: ShownRequest): Standing {
  if (draft) return 'draft';
  const red = [validate, access].some((one) => one?.state === 'error') || validate?.state === 'failure';
  if (conflicts) return 'work';
  if (judging) return 'unjudged';
  if (red) return 'work';
  if (validate?.state !== 'success') return kind === 'access' && access?.state === 'failure' ? 'approval' : 'unjudged';
  if (access?.state === 'failure') return 'approval';
  return kind === 'access' && access?.state !== 'success' ? 'unjudged' : 'ready';
}

export interface Filter {
  readonly environment?: string;
  readonly owner?: string;
  readonly kind?: string;
  readonly verdict?: string;
}

export interface Asking extends Filter {
  readonly sort: 'oldest' | 'newest';
}

export function readAsking(query: URLSearchParams): Asking {
  const given = (name: keyof Filter) => {
    const value = query.get(name) ?? '';
    return value === '' ? {} : { [name]: value };
  };
  const filter: Filter = { ...given('environment'), ...given('owner'), ...given('kind'), ...given('verdict') };
  return { ...filter, sort: query.get('sort') === 'newest' ? 'newest' : 'oldest' };
}

/** The page that is asked for. */
export function requestsUrl(asking: Asking): string {
  const query = new URLSearchParams(Object.entries(asking).filter(([name, value]) => !(name === 'sort' && value === 'oldest')));
  return query.size === 0 ? '/requests' : `/requests?${query.toString()}`;
}

/** The open ones that are asked for, in the order that is asked for. */
export function chosen(all: readonly ShownRequest[], { environment, owner, kind, verdict, sort }: Asking): readonly ShownRequest[] {
  const fits = (wanted: string | undefined, found: string): boolean => wanted === undefined || wanted === found;
  const open = all.filter(
    (one) =>
      one.state === 'open' &&
      fits(environment, one.environment) &&
      fits(owner, one.owner ?? '') &&
      fits(kind, one.kind) &&
      fits(verdict, standingOf(one)),
  );
  const [before, after] = sort === 'oldest' ? [-1, 1] : [1, -1];
  return open.toSorted((one, other) => (Date.parse(one.createdAt) < Date.parse(other.createdAt) ? before : after));
}

/** Days after which somebody should ask why. */
const oldAfter = 7;

export const isOld = ({ createdAt }: ShownRequest, now: Date): boolean => now.getTime() - Date.parse(createdAt) > oldAfter * 86_400_000;
