import { requestWord } from '../domain/forge.ts';
import type { HeldReport, ProposalReport, ScanReport } from '../updates/report.ts';
import { environmentRows, reportOf } from '../updates/report-rows.ts';
import { scan } from '../updates/scan.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { withProgress, withServices } from './work.ts';

export interface ScanCommand {
  readonly env?: readonly string[];
  readonly app?: readonly string[];
  readonly package?: readonly string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `lockkeeper scan`: 0 whether or not there was anything to propose, 3 when something outside failed. */
export async function runScan(options: ScanCommand, context: Context): Promise<ExitCode> {
  const { report, request } = await scanOnce(options, context);
  if (options.json === true) context.output.json(report);
  else printReport(report, { dryRun: options.dryRun === true, request }, context.output);
  return report.errors.length > 0 ? 3 : 0;
}

interface Scanned {
  readonly report: ScanReport;
  /** What a merge request is called in the environments. */
  readonly request: string;
}

export function scanOnce({ env, app, package: packages, dryRun = false }: ScanCommand, context: Context): Promise<Scanned> {
  const options = { ...(env && { only: env }), ...(app && { apps: app }), ...(packages && { packages }), dryRun };
  return withServices(context, (services) =>
    withProgress(context, 'scanning', async (progress) => {
      const { forges, settings } = services;
      const used = settings.environments.map((one) => ('discover' in one ? one.discover : one.repository).forge);
      const request = requestWord(...used.flatMap((name) => forges.get(name)?.traits.type ?? []));
      return { report: reportOf(await scan(services.scanPorts(progress), settings, options, environmentRows)), request };
    }),
  );
}

/** As tables, for people. */
export function printReport(
  { environments, proposals, held, errors }: ScanReport,
  { dryRun, request }: { readonly dryRun: boolean; readonly request: string },
  output: Output,
): void {
  const references = environments.reduce((sum, one) => sum + one.references, 0);
  output.print(
    `${counted(references, 'reference')} in ${counted(environments.length, 'environment')}; ${counted(proposals.length, 'proposal')}${dryRun ? ' (dry run: nothing was changed)' : ''}`,
  );
  if (proposals.length > 0) {
    output.print('');
    output.table(['environment', 'proposal', 'action', request], proposals.map(proposalRow));
  }
  const told = summarized(held);
  if (told.length > 0) {
    output.print('\nheld');
    output.table(['environment', 'where', 'package', 'from', 'to', 'reason'], told.map(heldRow));
  }
  const warnings = environments.flatMap(({ name, warnings: all }) => all.map((one) => ({ name, ...one })));
  if (warnings.length > 0) {
    output.print('\nwarnings');
    output.table(
      ['environment', 'where', 'what'],
      warnings.map(({ name, file, line, message }) => [name, place(file, line), message]),
    );
  }
  if (errors.length > 0) {
    output.print('\nerrors');
    output.table(
      ['where', 'what'],
      errors.map(({ scope, message }) => [scope, message]),
    );
  }
}

/** `1 proposal`, `2 proposals` */
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const proposalRow = ({ environment, title, action, url, reason }: ProposalReport): string[] => [
  environment,
  title,
  reason === undefined ? action : `${action}: ${reason}`,
  url ?? '',
];

const heldRow = ({ environment, file, line, package: of, from, to, reason }: HeldReport): string[] => [
  environment,
  place(file, line),
  of,
  from,
  to ?? '',
  reason,
];

const place = (file: string, line: number | undefined): string => (line === undefined ? file : `${file}:${line}`);

/** The highest version per reference and reason: `--json` has them all. */
function summarized(held: readonly HeldReport[]): HeldReport[] {
  const first = new Map<string, HeldReport>();
  for (const one of held) {
    const key = [one.environment, one.file, one.line, one.package, one.reason].join('\n');
    if (!first.has(key)) first.set(key, one);
  }
  return [...first.values()];
}
