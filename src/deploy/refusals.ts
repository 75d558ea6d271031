import type { DeployFailure } from '../domain/deployment.ts';
import { type ObjectId, objectName } from '../domain/finding.ts';
import { count, some } from '../domain/wording.ts';
import { type DesiredState, unreachable } from '../manifests/desired-object.ts';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Why a run must not begin, by what is wanted alone; empty where nothing speaks against it. */
export function refusedByState(environment: string, formerly: readonly string[], state: DesiredState): readonly DeployFailure[] {
  const names = [environment, ...formerly].filter((name) => !labelValue.test(name));
  const errors = state.findings.filter(({ severity }) => severity === 'error');
  return [
    ...names.map((name) => ({
      message: `"${name}" cannot be the name of an environment that is deployed: every object carries it as a label`,
      help: 'at most 63 letters, digits, "-", "_" and ".", with a letter or a digit at both ends',
    })),
    ...errors.map(({ file, line, rule, object, message, help }) => ({
      ...(object !== undefined && { object }),
      message: `${file}:${line}: ${message}`,
      ...(help !== undefined && { help }),
      ...(rule === unreachable && { outside: true }),
    })),
    ...(errors.length === 0 ? lacking(state) : []),
  ];
}

function lacking({ complete, objects, findings }: DesiredState): readonly DeployFailure[] {
  const told = findings.map(({ file, line, message }) => ` (${file}:${line}: ${message})`).join('');
  if (!complete) return [{ message: `not all of what is wanted could be read${told}` }];
  if (objects.length > 0) return [];
  const help = 'to empty an environment, delete its objects by hand, or leave one object in it';
  return [{ message: `nothing at all is wanted, which is taken for a mistake${told}`, help }];
}

/** Why a run must not begin that was approved by its plan; undefined where it prunes nothing but what the plan had. */
export function refusedByPlan(prune: readonly ObjectId[], approved: readonly string[] | undefined, by?: string): DeployFailure | undefined {
  if (approved === undefined) return undefined;
  const known = new Set(approved);
  const others = prune.filter((object) => !namesOf(object).some((name) => known.has(name)));
  if (others.length === 0) return undefined;
  return {
    message: `${count(others.length, 'object')} would be pruned that the approved plan${by === undefined ? '' : ` of ${by}`} does not have: ${some(others.map(objectName), 5)}`,
    help: 'look at a new plan, and have it approved',
  };
}

/** A plan that was made of files alone does not know what lands in the namespace `default`. */
const namesOf = (object: ObjectId): readonly string[] =>
  object.namespace === 'default' ? [objectName(object), objectName({ ...object, namespace: '' })] : [objectName(object)];
