import type { InventoryRow, OpenRequest } from '../../domain/fleet.ts';
import type { MergeRequest } from '../../domain/forge.ts';
import { label, readMarker } from '../../domain/identifiers.ts';
import type { Store } from '../../domain/store.ts';
import { scanError } from '../failure.ts';
import { inventoryRow } from '../inventory.ts';
import type { Looked } from '../look-up.ts';
import { running } from '../memory.ts';
import type { PackageRule } from '../package-rules.ts';
import type { Scanned } from '../scan.ts';
import type { AppOutcome } from '../scan-environment.ts';

/** What one scan saw of one environment. */
export interface Look {
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly url: string;
  readonly commit: string;
  /** When the scan began, RFC 3339, UTC. */
  readonly began: string;
  /** Those that were looked up; absent: all. */
  readonly apps?: readonly string[];
  /** Of all references that are there, looked up or not. */
  readonly present: ReadonlySet<string>;
  readonly rows: readonly LookedRow[];
  readonly requests: readonly OpenRequest[];
  readonly troubles: readonly Trouble[];
}

export interface LookedRow {
  readonly row: InventoryRow;
  /** The registry did not answer. */
  readonly failed: boolean;
}

export interface Trouble {
  readonly scope: string;
  readonly message: string;
  /** Absent: the environment as a whole. */
  readonly app?: string;
}

interface LookTerms {
  readonly packages: readonly PackageRule[];
  readonly store: Store;
  readonly began: Date;
  /** Page of the repository. */
  readonly url: string;
  /** The scan was about some apps only. */
  readonly partial: boolean;
}

export const presenceKey = ({ app, package: name }: { readonly app: string; readonly package: string }): string => `${app}\n${name}`;

export async function lookOf(scanned: Scanned, { packages, store, began, url, partial }: LookTerms): Promise<Look> {
  const { now, apps } = scanned;
  const { name, repository } = now.settings;
  const since = await running(store, name);
  return {
    repository: `${repository.forge}:${repository.path}`,
    url,
    commit: now.state.commit,
    began: began.toISOString(),
    ...(partial && { apps: apps.map(({ app }) => app) }),
    present: new Set(now.references.map(({ app, package: of }) => presenceKey({ app, package: of.name }))),
    rows: apps.flatMap((outcome) =>
      outcome.looked.map((looked) => ({
        row: inventoryRow({ now, outcome, looked, packages, since, carriedOut: true }),
        failed: hasFailed(looked),
      })),
    ),
    requests: scanned.requests.flatMap(({ app, request }) => openRequest(request, app) ?? []),
    troubles: troublesOf(scanned),
  };
}

const hasFailed = ({ certain, problems, update }: Looked): boolean => !certain && update === undefined && problems.length > 0;

/** Undefined for one that people opened by hand from a branch of ours. */
function openRequest(request: MergeRequest, known: string | undefined): OpenRequest | undefined {
  const marker = readMarker(request.description);
  if (marker === undefined && !request.labels.includes(label)) return undefined;
  const { id, url, title, branch, commit, createdAt, updatedAt, conflicts } = request;
  const app = known ?? marker?.app ?? '';
  return {
    id,
    url,
    title,
    ...(app !== '' && { app }),
    ...(marker?.rollback !== undefined && { rollback: true as const }),
    branch,
    commit,
    createdAt,
    updatedAt,
    conflicts,
  };
}

function troublesOf({ now, apps, problem }: Scanned): Trouble[] {
  const scope = now.settings.name;
  const trouble = (error: unknown, app?: string): Trouble => {
    const told = scanError({ asked: 'forge', error, scope });
    return { scope: told.scope, message: told.message, ...(app !== undefined && { app }) };
  };
  const ofApp = ({ app, looked, problem: undone }: AppOutcome): Trouble[] => [
    ...looked.flatMap(({ problems }) => problems.map((error) => trouble(error, app))),
    ...(undone === undefined ? [] : [trouble(undone, app)]),
  ];
  return [...apps.flatMap(ofApp), ...(problem === undefined ? [] : [trouble(problem)])];
}
