import { count, some } from '../domain/wording.ts';
import type { Turn } from '../updates/failure.ts';
import type { HeldReport, ProposalReport, ScanReport } from '../updates/report.ts';
import { type FailureGroup, type HeldGroup, type Summary, summarize, withoutFailures } from '../updates/summary.ts';
import type { Output } from './output.ts';

/** So that a fleet of hundreds fits on a screen or two. Beyond `rows` what is alike is one row, and beyond `groups` of those the rest is counted. */
const most = { rows: 25, groups: 12 };

interface Shown {
  readonly dryRun: boolean;
  /** What a merge request is called in the environments. */
  readonly request: string;
}

/** As tables, for people: what was proposed, then what was held and what failed, and a summary at the end. */
export function printReport(report: ScanReport, shown: Shown, output: Output): void {
  const summary = summarize(report);
  const before = [
    printProposals(report.proposals, shown, output),
    printHeld(report, summary.held, output),
    printUnreadable(report, output),
  ];
  const failures = printFailures(summary.failures, output);
  output.print(`${[...before, failures].includes(true) ? '\n' : ''}${closing(summary, shown)}`);
}

/** Whether there was anything to say. */
function section(
  output: Output,
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  limit = most.groups,
): boolean {
  if (rows.length === 0) return false;
  output.print(`\n${title}`);
  output.table(head, rows.slice(0, limit));
  if (rows.length > limit) output.print(`and ${rows.length - limit} more; --json shows all`);
  return true;
}

function printProposals(proposals: readonly ProposalReport[], { request }: Shown, output: Output): boolean {
  const changedFirst = proposals.toSorted((a, b) => rank(a) - rank(b));
  if (changedFirst.length <= most.rows)
    return section(output, `${request}s`, ['environment', 'proposal', 'action', request], changedFirst.map(proposalRow), most.rows);
  const alike = Map.groupBy(changedFirst, (one) => `${one.title}\n${actionOf(one)}`);
  const rows = [...alike.values()].map((all) => [...all.slice(0, 1).flatMap((one) => [one.title, actionOf(one)]), named(all)]);
  return section(output, `${request}s (--env, --app or --json shows each)`, ['proposal', 'action', 'environments'], rows, most.rows);
}

/** `200: e-000, e-001, e-002 and 197 more` */
const named = (all: readonly { readonly environment: string }[]): string =>
  `${all.length}: ${some(
    all.map(({ environment }) => environment),
    3,
  )}`;

const order: readonly ProposalReport['action'][] = ['open', 'update', 'close', 'keep'];

/** What has changed first, then what was left alone for a reason. */
const rank = ({ action, reason }: ProposalReport): number => order.indexOf(action) + (reason === undefined && action === 'keep' ? 1 : 0);

const proposalRow = ({ environment, title, action, url, reason }: ProposalReport): string[] => [
  environment,
  title,
  actionOf({ action, reason }),
  url ?? '',
];

const actionOf = ({ action, reason }: { readonly action: string; readonly reason?: string | undefined }): string =>
  reason === undefined ? action : `${action}: ${reason}`;

function printHeld(report: ScanReport, groups: readonly HeldGroup[], output: Output): boolean {
  const told = highestOnly(withoutFailures(report));
  if (told.length <= most.rows)
    return section(output, 'held', ['environment', 'where', 'package', 'from', 'to', 'reason'], told.map(heldRow), most.rows);
  const rows = groups.map(({ reason, references, environments }) => [String(references), String(environments), reason]);
  return section(output, 'held (--env, --app or --json shows where)', ['references', 'environments', 'reason'], rows);
}

function printUnreadable({ environments }: ScanReport, output: Output): boolean {
  const all = environments.flatMap(({ name, warnings }) =>
    warnings.map(({ file, line, message }) => ({ environment: name, where: place(file, line), message })),
  );
  const title = 'not readable, for the environments’ owners';
  if (all.length <= most.rows)
    return section(
      output,
      title,
      ['environment', 'where', 'what'],
      all.map((one) => [one.environment, one.where, one.message]),
      most.rows,
    );
  const rows = [...Map.groupBy(all, ({ message }) => message)].map(([message, alike]) => [
    message,
    `${alike.length}: ${some(
      alike.map(({ environment, where }) => `${environment} ${where}`),
      3,
    )}`,
  ]);
  return section(output, `${title} (--json shows each)`, ['what', 'where'], rows);
}

const heldRow = ({ environment, file, line, package: of, from, to, reason }: HeldReport): string[] => [
  environment,
  place(file, line),
  of,
  from,
  to ?? '',
  reason,
];

const place = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`);

/** The highest version per reference and reason. */
function highestOnly(held: readonly HeldReport[]): HeldReport[] {
  const first = new Map<string, HeldReport>();
  for (const one of held) {
    const key = [one.environment, one.file, one.line, one.package, one.reason].join('\n');
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}

export const printFailures = (failures: readonly FailureGroup[], output: Output): boolean =>
  section(output, 'failed', ['whose turn', 'where', 'what'], failures.map(failureRow));

const whoseTurn: Readonly<Record<Turn, string>> = {
  'platform team': 'platform team',
  maintainer: 'project’s maintainer',
  owner: 'environment’s owner',
  nobody: 'nobody: next scan tries again',
  lockkeeper: 'a bug in lockkeeper, please report it',
};

/** Who has to change a file reads which. */
const failureRow = ({ turn, message, errors, environments, places }: FailureGroup): string[] => [
  whoseTurn[turn],
  some(turn === 'owner' && places.length > 0 ? places : environments, 3) || 'none read',
  errors === 1 ? message : `${message} (and ${errors - 1} more like it)`,
];

/** The last lines, which stay on the screen. */
function closing(
  { environments, references, proposals, held, heldReferences, failures, unreadable }: Summary,
  { dryRun, request }: Shown,
): string {
  const done = [
    [proposals.open, dryRun ? 'to open' : 'opened'],
    [proposals.update, dryRun ? 'to update' : 'updated'],
    [proposals.close, dryRun ? 'to close' : 'closed'],
    [proposals.keep, 'open as before'],
  ] as const;
  const told = done.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const fragments = [
    `${count(references, 'reference')} in ${count(environments.scanned, 'environment')}${environments.failed === 0 ? '' : `, ${environments.failed} more could not be scanned`}`,
    `${request}s: ${told.join(', ') || 'none'}${dryRun ? ' (dry run: nothing was changed)' : ''}`,
    heldReferences > 0 && `held: ${count(heldReferences, 'reference')}, for ${count(held.length, 'reason')}`,
    unreadable.files > 0 && `not readable: ${count(unreadable.files, 'file')} in ${count(unreadable.environments, 'environment')}`,
    failures.length > 0 && `failed: ${count(failures.length, 'cause')}, ${turnsOf(failures)}`,
  ];
  return fragments.filter((line) => line !== false).join('\n');
}

/** `2 for the platform team, 1 for nobody` */
function turnsOf(failures: readonly FailureGroup[]): string {
  return [...Map.groupBy(failures, ({ turn }) => turn)].map(([turn, all]) => `${all.length} for ${whoseTurn[turn]}`).join('; ');
}
