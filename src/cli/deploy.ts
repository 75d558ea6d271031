import type { Config } from '../config/schema.ts';
import { deployEnvironment } from '../deploy/deploy.ts';
import type { DeployPorts, WantedRun } from '../deploy/ports.ts';
import { type Preview, previewDeployment } from '../deploy/preview.ts';
import type { Progress } from '../deploy/progress.ts';
import type { RunAbout } from '../deploy/record/entries.ts';
import type { ApiServer } from '../domain/cluster.ts';
import type { DeployFailure } from '../domain/deployment.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import type { Journal } from '../domain/journal.ts';
import { parseDuration } from '../domain/time.ts';
import { planJson } from '../plan/plan.ts';
import { withCluster } from '../serve/cluster.ts';
import { deploymentSettings, holderName } from '../serve/deployment-settings.ts';
import { RunRecord, shown } from '../serve/run-record.ts';
import { approvedPrune } from './approved-plan.ts';
import { type Choice, type ChosenEnvironment, type ChosenState, withChosen } from './chosen-states.ts';
import type { Context } from './context.ts';
import { withPhases } from './deploy-progress.ts';
import { failuresJson, printFailures, printReport, reportJson } from './deploy-report.ts';
import type { ExitCode } from './io.ts';
import { printPlan } from './plan-report.ts';
import { type ClusterChoice, clusterFor, environmentName } from './target-cluster.ts';

export interface DeployCommand extends Pick<Choice, 'directory' | 'env' | 'needsConfig'>, ClusterChoice {
  readonly dryRun?: boolean;
  /** For rollouts. */
  readonly wait: boolean;
  /** The file of a plan that was approved. */
  readonly plan?: string;
  readonly formerly?: readonly string[];
  /** How long is waited for another run, such as `10m`. */
  readonly lockTimeout: string;
  readonly json?: boolean;
}

interface Deployed {
  readonly json: object;
  readonly failures: readonly DeployFailure[];
  print(): void;
}

interface Result {
  readonly deployed: readonly Deployed[];
  readonly errors: readonly { readonly environment: string; readonly message: string }[];
}

/** `lockkeeper deploy`: 0 all is as wanted, 1 refused or failed, 3 when something outside failed, or it was stopped. */
export async function runDeploy(command: DeployCommand, context: Context, untilStopped: () => Promise<void>): Promise<ExitCode> {
  const { directory, env, plan, dryRun } = command;
  if (directory === undefined && env === undefined) throw new UsageError('name what is deployed: a folder, or --env NAME');
  if (plan !== undefined && dryRun === true) throw new UsageError('--plan is for a deployment, and --dry-run makes a plan: leave one out');
  parseDuration(command.lockTimeout);
  const stop = new AbortController();
  void untilStopped().then(() => {
    context.log.warn('stopping before the next write');
    stop.abort(new OutsideError('deploy', 'the run was stopped in the middle'));
  });
  const { deployed, errors } = await withChosen(command, context, (chosen, config, journal) =>
    deployAll(chosen, { command, context, config, journal, signal: stop.signal }),
  );
  if (command.json === true) context.output.json(jsonOf({ deployed, errors }));
  else for (const one of deployed) one.print();
  for (const { environment, message } of errors) context.log.error(`${environment}: ${message}`);
  return exitOf({ deployed, errors });
}

function exitOf({ deployed, errors }: Result): ExitCode {
  const bad = deployed.filter(({ failures }) => failures.length > 0);
  if (bad.some(({ failures }) => failures.some(({ outside }) => outside !== true))) return 1;
  return errors.length + bad.length > 0 ? 3 : 0;
}

interface Session {
  readonly command: DeployCommand;
  readonly context: Context;
  readonly config: Config | undefined;
  readonly journal: Journal | undefined;
  readonly signal: AbortSignal;
}

/** One after the other: what fails in one keeps no other. */
async function deployAll(chosen: readonly ChosenEnvironment[], session: Session): Promise<Result> {
  const [deployed, errors]: [Deployed[], Result['errors'][number][]] = [[], []];
  for (const one of chosen) {
    try {
      session.signal.throwIfAborted();
      deployed.push(await deployNewest(one, session));
    } catch (thrown) {
      const stopped = session.signal.aborted && thrown === session.signal.reason;
      const error: unknown = stopped ? new OutsideError('deploy', 'the run was stopped before it wrote anything') : thrown;
      if (!(error instanceof OutsideError) || chosen.length === 1) throw error;
      errors.push({ environment: one.name, message: explain(error) });
    }
  }
  return { deployed, errors };
}

/** While it waited for the lock, another run may have deployed a newer commit: an older one never goes over it. */
class Overtaken extends OutsideError {}

const mostReadings = 3;

async function deployNewest(one: ChosenEnvironment, session: Session): Promise<Deployed> {
  for (let reading = 1; ; reading += 1) {
    try {
      return await deployOne(await one.read(), session);
    } catch (error) {
      if (!(error instanceof Overtaken) || reading === mostReadings) throw error;
      session.context.log.warn(`${explain(error)}: it is read again`);
    }
  }
}

async function throwIfOvertaken(environment: string, { commit, head }: ChosenState): Promise<void> {
  if (head !== undefined && (await head()) !== commit)
    throw new Overtaken(environment, `${commit} is not the newest commit of the default branch any more`);
}

async function deployOne(read: ChosenState, session: Session): Promise<Deployed> {
  const { command, context, config } = session;
  const environment = environmentName(read, command.directory);
  const wanted = wantedRun(environment, read, session);
  return withCluster(clusterFor(environment, command, config, context.env), (server) =>
    withPhases(context, environment, (progress) =>
      command.dryRun === true
        ? preview(server, wanted, progress, session)
        : deploy(server, wanted, progress, session, () => throwIfOvertaken(environment, read)),
    ),
  );
}

function wantedRun(environment: string, { state, commit }: ChosenState, { command, config }: Session): WantedRun {
  const { plan, wait, lockTimeout, formerly = [] } = command;
  const settings = deploymentSettings(config, environment);
  return {
    ...settings,
    environment,
    formerly: [...settings.formerly, ...formerly],
    state,
    ...(commit !== undefined && { commit }),
    wait,
    patienceMs: parseDuration(lockTimeout),
    ...(plan !== undefined && { approvedPrune: approvedPrune(plan, environment) }),
  };
}

async function deploy(
  server: ApiServer,
  wanted: WantedRun,
  progress: Progress,
  session: Session,
  mayBegin: () => Promise<void>,
): Promise<Deployed> {
  const { context, signal } = session;
  const record = recordOf(wanted, session);
  const ports: DeployPorts = {
    server,
    now: () => new Date(),
    warn: (text) => context.log.warn(text),
    progress,
    record: {
      begin: async (...of) => {
        await mayBegin();
        await record?.begin(...of);
      },
      prune: async (...of) => record?.prune(...of),
    },
    holder: holderName(),
  };
  const report = await deployEnvironment(ports, wanted, signal);
  await record?.end(shown(report, context.redact), '').catch((error: unknown) => {
    context.log.error(`the end of the run ${report.run} could not be written down: ${explain(error)}`);
  });
  return { json: reportJson(report), failures: report.failures, print: () => printReport(report, context.output) };
}

/** None for a folder: nobody looks for its runs in a journal. */
function recordOf({ environment, repository, commit }: WantedRun, { config, journal }: Session): RunRecord | undefined {
  if (journal === undefined) return undefined;
  const described = config?.environments.find((one) => 'name' in one && one.name === environment);
  const cluster = described !== undefined && 'name' in described ? described.cluster : undefined;
  const about: RunAbout = {
    environment,
    repository: repository ?? '',
    cluster: cluster ?? 'the cluster of a kubeconfig',
    commit: commit ?? '',
    work: undefined,
    because: 'lockkeeper deploy was called',
  };
  return new RunRecord({ journal }, about, '');
}

async function preview(server: ApiServer, wanted: WantedRun, progress: Progress, { context, signal }: Session): Promise<Deployed> {
  const { plan, refusals }: Preview = await previewDeployment({ server, now: () => new Date(), progress }, wanted, signal);
  return {
    json: { ...planJson(wanted.environment, plan), refused: failuresJson(refusals) },
    failures: refusals,
    print: () => {
      printPlan(wanted.environment, plan, context.output);
      if (refusals.length > 0) context.output.styled([{ text: '\nA deployment would be refused:', style: 'red' }]);
      printFailures(refusals, context.output);
    },
  };
}

/** One environment is one object, as docs/deploy.md has it; several are a list. */
function jsonOf({ deployed, errors }: Result): object {
  const all = deployed.map(({ json }) => json);
  const [first] = all;
  return first !== undefined && all.length === 1 && errors.length === 0 ? first : { environments: all, errors };
}
