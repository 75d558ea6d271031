import type { EnvironmentSnapshot, FleetProblem, InventoryRow, OpenRequest } from '../../domain/fleet.ts';
import { type Look, type LookedRow, presenceKey, type Trouble } from './look.ts';

/** A snapshot as it is kept; when the environment was looked at is kept beside it, since that changes with every scan. */
export interface Kept extends Omit<EnvironmentSnapshot, 'environment' | 'at'> {
  /** The newest look that changed it: one that began before that knows less of these apps, or of all without any. */
  readonly last?: { readonly began: string; readonly apps?: readonly string[] };
}

/** What is known of an environment after a scan has looked at it, or at some of its apps. */
export function afterLook(known: Kept | undefined, look: Look): Kept {
  const old = known?.repository === look.repository ? known : undefined;
  const overtaken = old?.last !== undefined && old.last.began > look.began ? old.last : undefined;
  if (old !== undefined && overtaken !== undefined && overtaken.apps === undefined) return old;
  const counts = (app: string): boolean => (look.apps?.includes(app) ?? true) && overtaken?.apps?.includes(app) !== true;
  const requests = overtaken === undefined ? look.requests : mixed(old?.requests ?? [], look.requests, ({ app = '' }) => counts(app));
  const stays = (row: InventoryRow): boolean => !counts(row.app) && (overtaken !== undefined || look.present.has(presenceKey(row)));
  const rows = [
    ...(old?.rows ?? []).filter(stays),
    ...look.rows.filter(({ row }) => counts(row.app)).map((one) => lastWord(one, old?.rows ?? [], requests)),
  ];
  return {
    repository: look.repository,
    url: look.url,
    commit: look.apps === undefined ? look.commit : (old?.commit ?? look.commit),
    rows: rows.sort((a, b) => (a.app < b.app ? -1 : Number(a.app > b.app))),
    requests,
    problems: problemsAfter(
      old?.problems ?? [],
      look.troubles.filter(({ app }) => app === undefined || counts(app)),
      { counts, began: look.began },
    ),
    last: overtaken ?? { began: look.began, ...(look.apps !== undefined && { apps: look.apps }) },
  };
}

/** The environment could not be read, or not be found: what was known of it stays. */
export function afterFailure(known: Kept | undefined, repository: string, { scope, message }: Trouble, began: string): Kept {
  const old = known?.repository === repository ? known : undefined;
  if (old?.last !== undefined && old.last.began > began) return old;
  const before = old?.problems ?? [];
  const problem = { scope, message, since: sinceOf(before, scope) ?? began, apps: [] };
  return {
    ...(old ?? { repository, url: '', rows: [], requests: [] }),
    problems: [problem, ...before.filter(({ apps }) => apps.length > 0)],
  };
}

/** What is written down does not change because it was looked at. */
export function isSame(a: Kept | undefined, b: Kept): boolean {
  return a !== undefined && JSON.stringify({ ...a, last: undefined }) === JSON.stringify({ ...b, last: undefined });
}

const mixed = (old: readonly OpenRequest[], fresh: readonly OpenRequest[], counts: (request: OpenRequest) => boolean): OpenRequest[] => [
  ...old.filter((request) => !counts(request)),
  ...fresh.filter(counts),
];

/** Where the registry does not answer: what it said of the same version before, unless the merge request of then is open no more. */
function lastWord({ row, failed }: LookedRow, known: readonly InventoryRow[], requests: readonly OpenRequest[]): InventoryRow {
  if (!failed) return row;
  const before = known.find(
    (one) => one.state !== 'unknown' && presenceKey(one) === presenceKey(row) && one.file === row.file && one.version === row.version,
  );
  const isOpen = before?.mergeRequest === undefined || requests.some(({ url }) => url === before.mergeRequest);
  return before === undefined || !isOpen ? row : { ...before, line: row.line };
}

interface Terms {
  readonly counts: (app: string) => boolean;
  readonly began: string;
}

function problemsAfter(before: readonly FleetProblem[], troubles: readonly Trouble[], { counts, began }: Terms): FleetProblem[] {
  const others = before.flatMap((one) => {
    const apps = one.apps.filter((app) => !counts(app));
    return apps.length === 0 ? [] : [{ ...one, apps }];
  });
  const fresh = [...Map.groupBy(troubles, ({ scope, message }) => `${scope}\n${message}`).values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ scope, message }): FleetProblem => {
      const apps = [...new Set(alike.flatMap(({ app }) => app ?? []))].sort();
      return { scope, message, since: sinceOf(before, scope) ?? began, apps: alike.some(({ app }) => app === undefined) ? [] : apps };
    }),
  );
  return [...fresh, ...others];
}

/** The same host may fail in another way each time. */
const sinceOf = (before: readonly FleetProblem[], scope: string): string | undefined =>
  before
    .filter((one) => one.scope === scope)
    .map(({ since }) => since)
    .sort()[0];
