import { explain } from '../domain/errors.ts';
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

/**
 * `current`: nothing newer may be taken and nothing is held back; `proposed`: a merge request is open; `waiting`: the next scan opens one;
 * `held`: something newer is out, and `reason` says why it is not proposed; `unknown`: not looked up, or the registry failed.
 */
export type InventoryState = 'current' | 'proposed' | 'waiting' | 'held' | 'unknown';

export interface InventoryRow {
  readonly app: string;
  readonly environment: string;
  readonly file: string;
  readonly line: number;
  readonly package: string;
  readonly version: string;
  readonly owner?: string;
  /** The highest version known, taken or not, without pre-releases where a stable one runs; absent when nothing could be learned. */
  readonly newest?: string;
  readonly state: InventoryState;
  readonly reason?: string;
  readonly mergeRequest?: string;
  /** Since when a scan has seen this version here, RFC 3339. */
  readonly since?: string;
}

/** One environment's part, of a scan that was a dry run. */
export async function inventoryRows({ now, apps }: Scanned, packages: readonly PackageRule[], store: Store): Promise<InventoryRow[]> {
  const since = await running(store, now.settings.name);
  return apps.flatMap((outcome) => outcome.looked.map((looked) => row({ now, outcome, looked, packages, since })));
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
}

function row({ now, outcome, looked: all, packages, since }: Facts): InventoryRow {
  const rules = resolveRules(packages, now.settings.updates, all.reference.package.name);
  const looked = withoutPreReleases(all, versioningFor(all.reference.package, rules));
  const { reference, update, held } = looked;
  const { state, reason } = stateOf(outcome, looked);
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

function stateOf({ action, problem }: AppOutcome, looked: Looked): Told {
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
      return { state: 'proposed', reason: `${waiting(action.request)}; the next scan updates it` };
    case 'open':
    case 'close':
    case 'tidy':
    case 'none':
      return { state: 'waiting', reason: problem === undefined ? 'the next scan opens it' : explain(problem) };
  }
}

const unknown = (reason: string | undefined): Told => ({ state: 'unknown', ...(reason !== undefined && { reason }) });

const waiting = ({ createdAt }: MergeRequest): string => `waiting for review since ${createdAt.slice(0, 10)}`;

/** In a few words; the whole of it is among the errors. */
function failureOf({ problems: [problem] }: Looked): string | undefined {
  const { scope, status } = problem ?? {};
  if (status === 401 || status === 403) return `registry refused: ${status} (registries["${scope}"] in app.yml)`;
  return problem?.message;
}
