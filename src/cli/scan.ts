import type { ScanReport } from '../updates/report.ts';
import { reportOf, scan } from '../updates/scan.ts';
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
  const report = await scanOnce(options, context);
  if (options.json === true) context.output.json({ ...report, summary: summarize(report) });
  else printReport(report, options.dryRun === true, context.output);
  return report.errors.length > 0 ? 3 : 0;
}

export function scanOnce({ env, app, package: packages, dryRun = false }: ScanCommand, context: Context): Promise<ScanReport> {
  const options = { ...(env && { only: env }), ...(app && { apps: app }), ...(packages && { packages }), dryRun };
  return withServices(context, (services) =>
    withProgress(context, 'scanning', async (progress) => reportOf(await scan(services.scanPorts(progress), services.settings, options))),
  );
}
