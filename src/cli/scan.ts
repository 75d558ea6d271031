import { requestWord } from '../domain/forge.ts';
import type { ScanReport } from '../updates/report.ts';
import { environmentRows, reportOf } from '../updates/report-rows.ts';
import { scan } from '../updates/scan.ts';
import { summarize } from '../updates/summary.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import { printReport } from './scan-report.ts';
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
  if (options.json === true) context.output.json({ ...report, summary: summarize(report) });
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
      return {
        report: reportOf(await scan(services.scanPorts(progress, new AbortController().signal), settings, options, environmentRows)),
        request,
      };
    }),
  );
}
