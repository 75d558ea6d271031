import { pathOf } from '../../domain/api-path.ts';
import type { ServedKind } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { explain, isPassing, OutsideError } from '../../domain/errors.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { stamp } from '../../manifests/stamp.ts';
import { refusal, refusalsOf } from '../refusal.ts';
import type { Target } from '../target.ts';
import { applyRequest, type LiveValue, marksOf, noRun } from './requests.ts';
import { appliedText } from './settled.ts';

/** Where our lock lies, and nothing else: the best place to ask about an object whose namespace is not there yet. */
const ownNamespace = 'lockkeeper-system';

const known = new WeakMap<Target, Promise<string>>();

export function standIn(target: Target, signal?: AbortSignal): Promise<string> {
  const asked = known.get(target) ?? look(target, signal);
  known.set(target, asked);
  return asked;
}

async function look({ server }: Target, signal: AbortSignal | undefined): Promise<string> {
  const { status } = await server.ask({ method: 'GET', path: `/api/v1/namespaces/${ownNamespace}`, verdictOnly: true }, signal);
  return status === 200 ? ownNamespace : 'default';
}

/** What the server has against it; the text of its annotation `applied`; nothing where asking elsewhere tells nothing. */
export type Judged = { readonly failures: readonly DeployFailure[] } | { readonly applied: string } | undefined;

/**
 * An object whose namespace this run makes, asked about in another one: which fields will be ours is the same there. What that namespace
 * itself allows, or holds under the same name, says nothing.
 */
export async function judgeElsewhere(
  target: Target,
  kind: ServedKind,
  object: DesiredObject,
  namespace: string,
  signal?: AbortSignal,
): Promise<Judged> {
  const stamped = stamp(object, marksOf(target, object, noRun, 'rehearsed'), namespace);
  if ('refused' in stamped) return { failures: [refusal(object, stamped.refused)] };
  const moved = { ...object, namespace };
  try {
    const reply = await target.server.ask(applyRequest(kind, moved, stamped.body, { force: true, dryRun: true }), signal);
    if (reply.status === 201)
      return { applied: appliedText(object, (JSON.parse(reply.body) as LiveValue).metadata.managedFields ?? []) ?? '' };
    if (reply.status < 400 || reply.status === 403 || reply.status === 409) return undefined;
    const there = await target.server.ask({ method: 'GET', path: pathOf(kind, moved), verdictOnly: true }, signal);
    return there.status === 200 ? undefined : { failures: refusalsOf(object, reply) };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.status === undefined) throw error;
    return { failures: [{ ...refusal(object, explain(error)), outside: isPassing(error) }] };
  }
}
