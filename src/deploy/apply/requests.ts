import { setTimeout as sleep } from 'node:timers/promises';
import { pathOf } from '../../domain/api-path.ts';
import type { ApiReply, ApiRequest, ApiServer, ObjectMetadata, ServedKind } from '../../domain/cluster.ts';
import type { ObjectId } from '../../domain/finding.ts';
import {
  appliedAnnotation,
  deployedAtLabel,
  environmentLabel,
  fieldManager,
  identityAnnotation,
  identityText,
} from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Marks } from '../../manifests/stamp.ts';
import type { Target } from '../target.ts';
import { conflictsOf } from './conflicts.ts';

/** The object under the namespace that the cluster keeps it in, whatever its manifest leaves out or says too much; as it is where that is not known. */
export function placedBy(object: DesiredObject, kind: ServedKind | undefined): DesiredObject {
  if (kind === undefined) return object;
  const namespace = kind.namespaced ? object.namespace || 'default' : '';
  return namespace === object.namespace ? object : { ...object, namespace };
}

export const marksOf = ({ environment }: Target, object: DesiredObject, run: string, applied: string): Marks => ({
  labels: { [environmentLabel]: environment, [deployedAtLabel]: run },
  annotations: { [identityAnnotation]: identityText(object), [appliedAnnotation]: applied },
});

/** The run of a dry run: digits, as the label has them. Nothing keeps them. */
export const noRun = '20000101000000';

interface How {
  readonly force: boolean;
  readonly dryRun?: boolean;
}

/** Of a real apply only the verdict counts: the server need not write the whole object back. */
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
export function applyRequest(
  kind: ServedKind,
  object: Pick<ObjectId, 'namespace' | 'name'>,
  body: string,
  { force, dryRun = false }: How,
): ApiRequest {
  const query = [
    ...(dryRun ? ['dryRun=All'] : []),
    `fieldManager=${fieldManager}`,
    'fieldValidation=Strict',
    ...(force ? ['force=true'] : []),
  ];
  return {
    method: 'PATCH',
    path: `${pathOf(kind, object)}?${query.join('&')}`,
    body,
    type: 'application/apply-patch+yaml',
    ...(dryRun ? {} : { accept: metadataOnly, verdictOnly: true }),
  };
}

/** An API server's object, as far as a deployment reads it. */
export interface LiveValue {
  readonly [field: string]: unknown;
  readonly metadata: ObjectMetadata;
}

/** undefined where there is none. */
export const liveIn = ({ status, body }: ApiReply): LiveValue | undefined => (status === 200 ? (JSON.parse(body) as LiveValue) : undefined);

const tries = 5;

/** Somebody else wrote the object in the same moment: it is asked again, a few times. A conflict about fields is an answer. */
export async function askSteadily(server: ApiServer, request: ApiRequest, signal?: AbortSignal): Promise<ApiReply> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await server.ask(request, signal);
    if (attempt === tries || reply.status !== 409 || conflictsOf(reply).length > 0) return reply;
    await sleep(100 * attempt * (1 + Math.random()), undefined, { signal });
  }
}
