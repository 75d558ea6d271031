/** What of the matrix is shown, and in which order: the page's query says it. */
export interface Filter {
  /** Part of its name, in any case. */
  readonly app: string;
  /** Undefined: anybody's; `nobody`: nobody's. */
  readonly owner: string | undefined;
  readonly state: State;
  readonly sort: Sort;
}

export const states = ['any', 'behind', 'current', 'waiting', 'failed'] as const;
export type State = (typeof states)[number];

export const sorts = ['app', 'owner', 'behind'] as const;
export type Sort = (typeof sorts)[number];

/** In place of an owner: apps that have none. No forge has a user or group of that name. */
export const nobody = '(nobody)';

/** What is no filter is none. */
export function readFilter(query: URLSearchParams): Filter {
  return {
    app: query.get('app')?.trim() ?? '',
    owner: query.get('owner') || undefined,
    state: states.find((one) => one === query.get('state')) ?? 'any',
    sort: sorts.find((one) => one === query.get('sort')) ?? 'app',
  };
}

/** The page with this in place of what is shown. */
export function filterHref(filter: Filter, change: Partial<Filter> = {}): string {
  const { app, owner = '', state, sort } = { ...filter, ...change };
  const query = new URLSearchParams({ app, owner, state: state === 'any' ? '' : state, sort: sort === 'app' ? '' : sort });
  for (const [name, value] of [...query]) if (value === '') query.delete(name);
  return query.size === 0 ? '/' : `/?${query.toString()}`;
}
