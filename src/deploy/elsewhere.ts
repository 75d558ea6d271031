import { pathOf } from '../domain/api-path.ts';
import type { ServedKind } from '../domain/cluster.ts';
import type { DeployFailure } from '../domain/deployment.ts';
import { explain, OutsideError } from '../domain/errors.ts';
import type { DesiredObject } from '../manifests/desired-object.ts';
import { stamp } from '../manifests/stamp.ts';
import { refusal, refusalsOf } from './refusal.ts';
import { applyRequest, marksOf } from './requests.ts';
import type { Target } from './target.ts';

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

/**
 * What the server has against an object whose namespace this run makes: asked in another one. What that namespace itself allows, or holds
 * under the same name, says nothing.
 */
export async function judgeElsewhere(
  target: Target,
  kind: ServedKind,
  object: DesiredObject,
  namespace: string,
  signal?: AbortSignal,
): Promise<readonly DeployFailure[]> {
  const stamped = stamp(object, marksOf(target, object, '20000101000000', 'rehearsed'), namespace);
  if ('refused' in stamped) return [refusal(object, stamped.refused)];
  const moved = { ...object, namespace };
  try {
    const there = await target.server.ask({ method: 'GET', path: pathOf(kind, moved), verdictOnly: true }, signal);
    if (there.status === 200) return [];
    const reply = await target.server.ask(
      { ...applyRequest(kind, moved, stamped.body, { force: true, dryRun: true }), verdictOnly: true },
      signal,
    );
    return reply.status < 400 || reply.status === 403 || reply.status === 409 ? [] : refusalsOf(object, reply);
  } catch (error) {
    if (!(error instanceof OutsideError) || error.status === undefined) throw error;
    return [{ ...refusal(object, explain(error)), outside: true }];
  }
}
