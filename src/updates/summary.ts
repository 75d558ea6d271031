import { concerned, type ScanError, type Turn } from './failure.ts';
import type { HeldReport, ProposalReport, ScanReport } from './report.ts';

/** A whole scan at a glance. */
export interface Summary {
  /** `failed`: could not be read at all. */
  readonly environments: { readonly scanned: number; readonly failed: number };
  readonly references: number;
  readonly proposals: Readonly<Record<ProposalReport['action'], number>>;
  /** How many of them have something newer that was not taken, or could not be looked up. */
  readonly heldReferences: number;
  /** Most frequent first. */
  readonly held: readonly HeldGroup[];
  /** Those for whom somebody has to do something first. */
  readonly failures: readonly FailureGroup[];
  /** Files that could not be read, wholly or in part. */
  readonly unreadable: { readonly files: number; readonly environments: number };
}

export interface HeldGroup {
  /** With `…` for what differs from one to the other: versions, addresses, names in quotes. */
  readonly reason: string;
  readonly references: number;
  readonly environments: number;
}

export interface FailureGroup {
  readonly turn: Turn;
  /** Of the first; `message` too. */
  readonly scope: string;
  readonly message: string;
  readonly errors: number;
  readonly environments: readonly string[];
  readonly places: readonly string[];
}

export function summarize({ environments, proposals, held, errors }: ScanReport): Summary {
  const scanned = new Set(environments.map(({ name }) => name));
  const failed = new Set(errors.flatMap((error) => error.environments).filter((name) => !scanned.has(name)));
  const acted = (action: ProposalReport['action']): number => proposals.filter((one) => one.action === action).length;
  const told = withoutFailures({ held, errors });
  const broken = environments.filter(({ warnings }) => warnings.length > 0);
  return {
    environments: { scanned: scanned.size, failed: failed.size },
    references: environments.reduce((sum, one) => sum + one.references, 0),
    proposals: { open: acted('open'), update: acted('update'), keep: acted('keep'), close: acted('close') },
    heldReferences: placesOf(told).size,
    held: heldGroups(told),
    failures: failureGroups(errors),
    unreadable: {
      files: broken.reduce((sum, { warnings }) => sum + new Set(warnings.map(({ file }) => file)).size, 0),
      environments: broken.length,
    },
  };
}

/** What is held and not told among the failures. */
export function withoutFailures({ held, errors }: Pick<ScanReport, 'held' | 'errors'>): readonly HeldReport[] {
  const failures = new Set(errors.map(({ message }) => message));
  return held.filter(({ reason }) => !failures.has(reason));
}

const varying = /https?:\/\/\S+|"[^"]*"|(?<![\w./:-])v?\d+(?:\.\d+)+[\w.+-]*/g;

function heldGroups(held: readonly HeldReport[]): HeldGroup[] {
  return [...Map.groupBy(held, ({ reason }) => reason.replaceAll(varying, '…'))]
    .map(([general, all]) => ({
      reason: new Set(all.map(({ reason }) => reason)).size === 1 ? (all[0]?.reason ?? general) : general,
      references: placesOf(all).size,
      environments: new Set(all.map(({ environment }) => environment)).size,
    }))
    .sort((a, b) => b.references - a.references);
}

const placesOf = (held: readonly HeldReport[]): ReadonlySet<string> =>
  new Set(held.map(({ environment, file, line, package: of }) => [environment, file, line, of].join('\n')));

const turns: readonly Turn[] = ['lockkeeper', 'platform team', 'maintainer', 'owner', 'nobody'];

export function failureGroups(errors: readonly ScanError[]): FailureGroup[] {
  return [...Map.groupBy(errors, causeOf).values()]
    .flatMap((alike) =>
      alike
        .slice(0, 1)
        .map(({ turn, scope, message }): FailureGroup => ({ turn, scope, message, errors: alike.length, ...concerned(alike) })),
    )
    .sort(
      (a, b) =>
        turns.indexOf(a.turn) - turns.indexOf(b.turn) || b.environments.length - a.environments.length || (a.scope < b.scope ? -1 : 1),
    );
}

/** A host that says the same of each of its repositories is one cause, and so is what a forge says of several projects. */
function causeOf({ scope, message, turn, status }: ScanError): string {
  const path = scope.slice(scope.indexOf(':') + 1);
  return path.includes('/') ? `${turn} ${message.replaceAll(path, '…')}` : `${turn} ${scope} ${status ?? ''}`;
}
