import { resolve } from 'node:path';
import type { KubeconfigPlace } from '../adapters/cluster/kubeconfig.ts';
import type { Config } from '../config/schema.ts';
import { type DriftReport, findDrift } from '../deploy/drift.ts';
import { openTarget } from '../deploy/target.ts';
import type { Drift } from '../domain/deployment.ts';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import { count } from '../domain/wording.ts';
import { unreachable } from '../manifests/desired-object.ts';
import { clusterOf, withCluster } from '../serve/cluster.ts';
import { type Choice, type ChosenEnvironment, type ChosenState, withChosen } from './chosen-states.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { withProgress } from './work.ts';

export interface DriftCommand extends Omit<Choice, 'base'> {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly json?: boolean;
}

interface Compared extends DriftReport {
  readonly environment: string;
  readonly commit: string | undefined;
  readonly objects: number;
  /** A bundle's server did not answer. */
  readonly outside: boolean;
}

interface Result {
  readonly compared: readonly Compared[];
  readonly errors: readonly { readonly environment: string; readonly message: string }[];
}

/** `lockkeeper drift`: 0 where the cluster is as the repository says, 1 where it is not, 3 when something outside failed. */
export async function runDrift(command: DriftCommand, context: Context): Promise<ExitCode> {
  const result = await withChosen(command, context, (chosen, config) => compareAll(chosen, command, config, context));
  const { compared, errors } = result;
  if (command.json === true) context.output.json(jsonOf(result));
  else for (const one of compared) printDrift(one, context.output);
  for (const { environment, message } of errors) context.log.error(`${environment}: ${message}`);
  if (errors.length > 0 || compared.some(({ outside }) => outside)) return 3;
  return compared.every(isAsWanted) ? 0 : 1;
}

const isAsWanted = ({ deployed, drifts }: DriftReport): boolean => deployed && drifts.length === 0;

async function compareAll(
  chosen: readonly ChosenEnvironment[],
  command: DriftCommand,
  config: Config | undefined,
  context: Context,
): Promise<Result> {
  const [compared, errors]: [Compared[], Result['errors'][number][]] = [[], []];
  for (const one of chosen) {
    try {
      compared.push(await compare(one, command, config, context));
    } catch (error) {
      if (!(error instanceof OutsideError) || chosen.length === 1) throw error;
      errors.push({ environment: one.name, message: explain(error) });
    }
  }
  return { compared, errors };
}

async function compare(chosen: ChosenEnvironment, command: DriftCommand, config: Config | undefined, context: Context): Promise<Compared> {
  const read = await chosen.read();
  const { state, commit } = read;
  const environment = environmentName(read, command);
  const formerly = config?.environments.flatMap((one) => ('name' in one && one.name === environment ? one.formerly : [])) ?? [];
  const report = await withCluster(clusterFor(environment, command, config), (server) =>
    withProgress(context, `comparing ${environment}`, async ({ add, done }) => {
      const { signal } = new AbortController();
      const target = await openTarget({ server, environment, formerly }, signal);
      return findDrift(target, state, { phase: (_, units) => add(units), done }, signal);
    }),
  );
  const outside = state.findings.some(({ rule }) => rule === unreachable);
  return { ...report, environment, commit, objects: state.objects.length, outside };
}

/** A folder is known by what its environment.yml says, and by nothing else: its deployments are labelled so. */
function environmentName({ name, state }: ChosenState, { directory }: DriftCommand): string {
  if (directory === undefined) return name;
  if (state.environment.name !== undefined) return state.environment.name;
  throw new UsageError(`${directory}/environment.yml has no name: as which environment it is deployed is not known`);
}

function clusterFor(environment: string, { kubeconfig, context }: DriftCommand, config: Config | undefined): KubeconfigPlace {
  if (kubeconfig !== undefined) return { kubeconfig: resolve(kubeconfig), ...(context !== undefined && { context }) };
  const place = config && clusterOf(config, environment);
  if (place !== undefined) return place;
  throw new UsageError(`${environment}: app.yml names no cluster for it: name one there, or --kubeconfig FILE`);
}

/** One environment is one object, as docs/drift.md has it; several are a list. */
function jsonOf({ compared, errors }: Result): object {
  const all = compared.map(({ environment, commit, deployed, drifts, notes }) => ({
    environment,
    ...(commit !== undefined && { commit }),
    deployed,
    drifts: drifts.map((drift) => ({ ...drift, object: objectName(drift.object) })),
    notes,
  }));
  const [first] = all;
  return first !== undefined && all.length === 1 && errors.length === 0 ? first : { environments: all, errors };
}

const words: Readonly<Record<Drift['kind'], string>> = {
  changed: 'changed',
  missing: 'missing',
  'left-over': 'left over',
  'not-deployed': 'not deployed yet',
  unknown: 'not comparable',
};

function printDrift({ environment, objects, deployed, drifts, notes }: Compared, output: Output): void {
  const counts = Object.entries(words).flatMap(([kind, word]) => {
    const number = drifts.filter((drift) => drift.kind === kind).length;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  if (deployed) output.print(`${environment}: ${counts.join(', ') || `as its repository says, ${count(objects, 'object')}`}`);
  if (drifts.length > 0) {
    output.print('');
    output.table(
      ['', 'object', ''],
      drifts.map(({ kind, object, summary }) => [words[kind], objectName(object), summary]),
    );
  }
  for (const { object, diff } of drifts) {
    if (diff === undefined) continue;
    output.print(`\n${objectName(object)}`);
    output.diff(diff);
  }
  for (const note of notes) output.print(deployed ? `\n${note}` : note);
}
