import type { Services } from '../services.ts';
import type { RollbackReport, RollbackRequest } from '../updates/rollback/request.ts';
import { rollback } from '../updates/rollback/rollback.ts';
import { caller } from './caller.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { withProgress, withServices } from './work.ts';

export interface RollbackCommand {
  readonly env: string;
  readonly app?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Characters: a reason, and no essay. */
const longestReason = 1000;

/** `lockkeeper rollback`: 0 when the merge request is there, 3 when something outside stands in its way. */
export async function runRollback(command: RollbackCommand, context: Context): Promise<ExitCode> {
  const { env: environment, app, to, reason = '', dryRun = false } = command;
  const why = reason.replaceAll(/\s+/g, ' ').trim().slice(0, longestReason);
  const request = { environment, ...(app !== undefined && { app }), ...(to !== undefined && { to }), by: caller(context.env), why, dryRun };
  const report = await withServices(context, (services) =>
    withProgress(context, 'reading the history', async (progress) =>
      rollback(services.scanPorts(progress, new AbortController().signal), services.settings, {
        ...request,
        ...(await deployments(services, command)),
      }),
    ),
  );
  if (command.json === true) context.output.json(report);
  else print(report, dryRun, context.output);
  return report.action === 'hold' ? 3 : 0;
}

/** What the journal knows of the environment's commits, newest first; for an app nobody needs to know. */
async function deployments(
  { persistence }: Pick<Services, 'persistence'>,
  { env, app, to }: RollbackCommand,
): Promise<Pick<RollbackRequest, 'deployed' | 'failed'>> {
  if (app !== undefined || to !== undefined) return { deployed: [], failed: [] };
  const [deployed, failed]: [string[], string[]] = [[], []];
  for await (const { kind, environment, facts } of persistence.journal().entries()) {
    const { outcome, commit } = facts;
    if (kind !== 'deployment-run' || environment !== env || outcome === undefined || typeof commit !== 'string') continue;
    (outcome === 'succeeded' ? deployed : failed).push(commit);
  }
  const good = new Set(deployed);
  return { deployed: deployed.reverse(), failed: failed.filter((commit) => !good.has(commit)) };
}

const said: Readonly<Record<RollbackReport['action'], readonly [done: string, planned: string]>> = {
  open: ['opened', 'to open'],
  update: ['updated', 'to update'],
  keep: ['open as before', 'open as before'],
  hold: ['not opened', 'not to be opened'],
};

function print({ title, action, url, reason, updates }: RollbackReport, dryRun: boolean, output: Output): void {
  const [done, planned] = said[action];
  output.print(`${dryRun ? planned : done}: ${title}${reason === undefined ? '' : ` (${reason})`}`);
  if (updates.length > 0)
    output.table(
      ['where', 'package', 'from', 'to'],
      updates.map(({ file, line, package: of, from, to, type, digest = '' }) => [
        `${file}:${line}`,
        of,
        from,
        type === 'digest' ? `${to} ${digest}`.trim() : to,
      ]),
    );
  if (url !== undefined) output.print(url);
  if (dryRun) output.print('dry run: nothing was changed');
}
