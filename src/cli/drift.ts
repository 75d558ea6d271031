import type { Config } from '../config/schema.ts';
import { type DriftReport, findDrift } from '../deploy/drift/drift.ts';
import { openTarget } from '../deploy/target.ts';
import type { Drift } from '../domain/deployment.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import { objectName } from '../domain/finding.ts';
import { count } from '../domain/wording.ts';
import { unreachable } from '../manifests/desired-object.ts';
import { withCluster } from '../serve/cluster.ts';
import { deploymentSettings } from '../serve/deployment-settings.ts';
import { type Choice, type ChosenEnvironment, withChosen } from './chosen-states.ts';
import type { Context } from './context.ts';
import { withPhases } from './deploy-progress.ts';
import type { ExitCode } from './io.ts';
import type { Output } from './output.ts';
import { type ClusterChoice, clusterFor, environmentName } from './target-cluster.ts';

export interface DriftCommand extends Omit<Choice, 'base'>, ClusterChoice {
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
  const environment = environmentName(read, command.directory);
  const { formerly } = deploymentSettings(config, environment);
  const report = await withCluster(clusterFor(environment, command, config, context.env), (server) =>
    withPhases(context, environment, async (progress) => {
      const { signal } = new AbortController();
      return findDrift(await openTarget({ server, environment, formerly }, signal), state, progress, signal);
    }),
  );
  const outside = state.findings.some(({ rule }) => rule === unreachable);
  return { ...report, environment, commit, objects: state.objects.length, outside };
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
