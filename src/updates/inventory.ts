import { explain } from '../domain/errors.ts';
import type { InventoryRow, InventoryState } from '../domain/fleet.ts';
import type { MergeRequest } from '../domain/forge.ts';
import type { Store } from '../domain/store.ts';
import { versioningOf } from '../domain/versioning.ts';
import type { ScanError } from './failure.ts';
import { type Looked, versioningFor } from './look-up.ts';
import { running, runningKey } from './memory.ts';
import { type PackageRule, resolveRules } from './package-rules.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { Scanned, ScanResult } from './scan.ts';
import type { AppOutcome } from './scan-environment.ts';

/** What `inventory --json` prints (design, section 3). */
export interface Inventory {
  readonly references: readonly InventoryRow[];
  readonly errors: readonly ScanError[];
}

/** One environment's part, of a scan that was a dry run. */
export async function inventoryRows({ now, apps }: Scanned, packages: readonly PackageRule[], store: Store): Promise<InventoryRow[]> {
  const since = await running(store, now.settings.name);
  return apps.flatMap((outcome) =>
    outcome.looked.map((looked) => inventoryRow({ now, outcome, looked, packages, since, carriedOut: false })),
  );
}

export const inventoryOf = ({ environments, errors }: ScanResult<readonly InventoryRow[]>): Inventory => ({
  references: environments.flat(),
  errors,
});

/** To who runs a stable version a pre-release is nothing newer. */
function withoutPreReleases(looked: Looked, versioning: string | undefined): Looked {
  const isPre = (text: string): boolean => {
    const [version] = versioningOf(versioning).readAll([text]);
    return version?.kind === 'version' && version.pre !== undefined;
  };
  if (isPre(looked.reference.version)) return looked;
  return { ...looked, held: looked.held.filter(({ version }) => version === undefined || !isPre(version)) };
}

interface Facts {
  readonly now: EnvironmentNow;
  readonly outcome: AppOutcome;
  readonly looked: Looked;
  readonly packages: readonly PackageRule[];
  readonly since: Readonly<Record<string, string>>;
  /** What was decided was done, too: the scan was no dry run. */
  readonly carriedOut: boolean;
}

/** One reference, as a scan has left it. */
export function inventoryRow({ now, outcome, looked: all, packages, since, carriedOut }: Facts): InventoryRow {
  const rules = resolveRules(packages, now.settings.updates, all.reference.package.name);
  const looked = withoutPreReleases(all, versioningFor(all.reference.package, rules));
  const { reference, update, held } = looked;
  const { state, reason } = stateOf(outcome, looked, carriedOut);
  const owner = now.apps[reference.app]?.owner ?? rules.owner;
  const newest =
    held.find(({ version }) => version !== undefined)?.version ??
    update?.to.version ??
    (state === 'unknown' ? undefined : reference.version);
  const seen = since[runningKey(reference.package, reference.version)];
  return {
    app: reference.app,
    environment: now.settings.name,
    file: reference.file,
    line: reference.line,
    package: reference.package.name,
    version: reference.version === '' ? (reference.digest ?? '') : reference.version,
    ...(owner !== undefined && { owner }),
    ...(newest !== undefined && { newest }),
    state,
    ...(reason !== undefined && { reason }),
    ...(update !== undefined && outcome.url !== undefined && { mergeRequest: outcome.url }),
    ...(seen !== undefined && { since: seen }),
  };
}

interface Told {
  readonly state: InventoryState;
  readonly reason?: string;
}

function stateOf({ action, problem, request }: AppOutcome, looked: Looked, carriedOut: boolean): Told {
  const { reference, update, held, certain, reason } = looked;
  const [first] = held;
  if (reference.skip !== undefined || (!certain && update === undefined)) return unknown(failureOf(looked) ?? reason);
  if (update === undefined && first !== undefined)
    return first.version === undefined ? unknown(first.reason) : { state: 'held', reason: first.reason };
  if (update === undefined) return { state: 'current' };
  switch (action.kind) {
    case 'hold':
      return { state: 'held', reason: action.reason };
    case 'keep':
      return { state: 'proposed', reason: action.reason ?? waiting(action.request) };
    case 'update':
      return {
        state: 'proposed',
        reason: `${waiting(action.request)}${carriedOut && problem === undefined ? '' : '; the next scan updates it'}`,
      };
    case 'open':
      if (request !== undefined) return { state: 'proposed', reason: waiting(request) };
      return nextScan(problem);
    case 'close':
    case 'tidy':
    case 'none':
      return nextScan(problem);
  }
}

const unknown = (reason: string | undefined): Told => ({ state: 'unknown', ...(reason !== undefined && { reason }) });

const nextScan = (problem: unknown): Told => ({
  state: 'waiting',
  reason: problem === undefined ? 'the next scan opens it' : explain(problem),
});

const waiting = ({ createdAt }: MergeRequest): string => `waiting for review since ${createdAt.slice(0, 10)}`;

/** In a few words; the whole of it is among the errors. */
function failureOf({ problems: [problem] }: Looked): string | undefined {
  const { scope, status } = problem ?? {};
  if (status === 401 || status === 403) return `registry refused: ${status} (registries["${scope}"] in app.yml)`;
  return problem?.message;
}
