import { setTimeout as sleep } from 'node:timers/promises';
import { collection, pathOf } from '../../domain/api-path.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { type DefinedKind, groupDefined, kindsOf } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupOf } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import { refusal } from '../refusal.ts';
import type { Target } from '../target.ts';

/** Kinds that definitions of the set make, by `apiVersion kind`. */
export const definedBy = (definitions: readonly DesiredObject[]): ReadonlyMap<string, DefinedKind> =>
  new Map(definitions.flatMap(kindsOf).flatMap((kind) => (kind.served ? [[kindKey(kind), kind] as const] : [])));

export const kindKey = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string => `${apiVersion} ${kind}`;

/** A dry run accepts a definition whose names another one has; it would never be served. */
export function nameTaken(target: Target, definition: DesiredObject): DeployFailure | undefined {
  const [{ kind, plural } = { kind: '', plural: '' }] = kindsOf(definition);
  const group = groupDefined(definition);
  const other = target.served().kinds.find((one) => groupOf(one.apiVersion) === group && one.kind === kind && one.plural !== plural);
  if (other === undefined) return undefined;
  const message = `the cluster has the kind ${kind} of ${group} already, by another definition: ${other.plural}.${group}`;
  return refusal(definition, message, 'give the kind another name, or delete the other definition first', ['spec', 'names', 'kind']);
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ Milliseconds. */
const patienceMs = 60_000;

/** Waits until the kinds of a definition can be used; then the target has to look again what is served. undefined when they can. */
export async function awaitEstablished(
  target: Target,
  definition: DesiredObject,
  signal?: AbortSignal,
): Promise<DeployFailure | undefined> {
  const until = performance.now() + patienceMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    const state = await stateOf(target, definition, signal);
    if (state === 'established' && (await answers(target, definition, signal))) return undefined;
    if (state.startsWith('refused: ')) return refusal(definition, `is not established: ${state.slice('refused: '.length)}`);
    if (performance.now() > until)
      return refusal(definition, `is not served after ${patienceMs / 1000} s`, 'look at the conditions in its status');
    await sleep(pause, undefined, { signal });
  }
}

async function stateOf(target: Target, definition: DesiredObject, signal: AbortSignal | undefined): Promise<string> {
  const kind = target.kindOf(definition);
  if (kind === undefined) return 'waiting';
  const { status, body } = await target.server.ask({ method: 'GET', path: pathOf(kind, definition) }, signal);
  if (status !== 200) return 'waiting';
  const conditions = record(record(JSON.parse(body))['status'])['conditions'];
  const found = (Array.isArray(conditions) ? conditions : []).map(record);
  const refused = found.find(({ type, status: is }) => type === 'NamesAccepted' && is === 'False');
  if (refused !== undefined) return `refused: ${String(refused['message'])}`;
  return found.some(({ type, status: is }) => type === 'Established' && is === 'True') ? 'established' : 'waiting';
}

/** Established comes a moment before requests are answered. */
async function answers({ server }: Target, definition: DesiredObject, signal: AbortSignal | undefined): Promise<boolean> {
  const served = kindsOf(definition).filter((kind) => kind.served);
  const replies = await Promise.all(
    served.map((kind) =>
      server.ask({ method: 'GET', path: `${collection({ ...kind, namespaced: false }, '')}?limit=1`, verdictOnly: true }, signal),
    ),
  );
  return replies.every(({ status }) => status !== 404);
}

/** Looks again what is served, until it holds every kind of the definitions: discovery learns of them later than everybody else. */
export async function awaitDiscovered(target: Target, definitions: readonly DesiredObject[], signal?: AbortSignal): Promise<void> {
  const kinds = [...definedBy(definitions).values()];
  const until = performance.now() + patienceMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 1000)) {
    await target.refresh(signal);
    if (kinds.every((kind) => target.kindOf(kind) !== undefined) || performance.now() > until) return;
    await sleep(pause, undefined, { signal });
  }
}
