import type { Config } from '../config/schema.ts';
import { upcomingRun } from '../deploy/lock/upcoming-run.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { type DesiredState, unreachable } from '../manifests/desired-object.ts';
import { type Plan, planJson, planOf } from '../plan/plan.ts';
import { planAgainst } from '../plan/plan-against.ts';
import { clusterOf, withCluster } from '../serve/cluster.ts';
import { deploymentSettings } from '../serve/deployment-settings.ts';
import { type Choice, type ChosenEnvironment, withChosen } from './chosen-states.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import { printPlan } from './plan-report.ts';
import { withProgress } from './work.ts';

export interface PlanCommand extends Choice {
  readonly json?: boolean;
}

interface Planned {
  readonly environment: string;
  readonly plan: Plan;
  /** A bundle's server did not answer. */
  readonly outside: boolean;
}

interface Result {
  readonly plans: readonly Planned[];
  readonly errors: readonly { readonly environment: string; readonly message: string }[];
}

/** `lockkeeper plan`: 0 whatever it would change, 3 when something outside failed. */
export async function runPlan(command: PlanCommand, context: Context): Promise<ExitCode> {
  const result = await planned(command, context);
  if (command.json === true) context.output.json(jsonOf(result));
  else for (const { environment, plan } of result.plans) printPlan(environment, plan, context.output);
  for (const { environment, message } of result.errors) context.log.error(`${environment}: ${message}`);
  return result.errors.length > 0 || result.plans.some(({ outside }) => outside) ? 3 : 0;
}

function planned(command: PlanCommand, context: Context): Promise<Result> {
  return withChosen(command, context, (chosen, config) =>
    withProgress(context, 'planning', async (progress) => {
      progress.add(chosen.length);
      const [plans, errors]: [Planned[], Result['errors'][number][]] = [[], []];
      for (const one of chosen) {
        try {
          plans.push(await planEnvironment(one, command, config));
        } catch (error) {
          if (!(error instanceof OutsideError) || chosen.length === 1) throw error;
          errors.push({ environment: one.name, message: explain(error) });
        }
        progress.done(one.name);
      }
      return { plans, errors };
    }),
  );
}

/** Against its cluster where it has one, and nothing else to compare with was named. */
async function planEnvironment(
  chosen: ChosenEnvironment,
  { directory, ref, base }: PlanCommand,
  config: Config | undefined,
): Promise<Planned> {
  const cluster = directory === undefined && base === undefined ? config && clusterOf(config, chosen.name) : undefined;
  if (cluster === undefined && directory === undefined && ref === undefined && base === undefined)
    throw new UsageError(
      `${chosen.name}: app.yml names no cluster for it, so that its default branch would be compared with itself: name --ref REVISION`,
    );
  const { name, state, base: before } = await chosen.read(cluster === undefined ? 'default-branch' : undefined);
  const plan =
    cluster === undefined || config === undefined
      ? planOf(before, state)
      : await withCluster(cluster, async (server) => {
          const run = await upcomingRun(server, name, new Date(), new AbortController().signal);
          return planAgainst(server, { ...deploymentSettings(config, name), environment: name, run }, state);
        });
  const outside = state.findings.some(({ rule }) => rule === unreachable);
  return { environment: name, plan: { ...plan, notes: [...plan.notes, ...unread(state)] }, outside };
}

/** What makes a plan incomplete; where nothing does, what is wrong in files is for `validate` to say. */
const unread = ({ complete, findings }: DesiredState): string[] =>
  complete ? [] : findings.filter(({ severity }) => severity === 'error').map(({ file, line, message }) => `${file}:${line}: ${message}`);

/** One environment is one object, as docs/plan.md has it; several are a list. */
function jsonOf({ plans, errors }: Result): object {
  const all = plans.map(({ environment, plan }) => planJson(environment, plan));
  const [first] = all;
  return first !== undefined && all.length === 1 && errors.length === 0 ? first : { environments: all, errors };
}
