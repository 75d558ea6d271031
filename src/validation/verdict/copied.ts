import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Problem } from '../../plan/reply.ts';

/** Each is checked against the object that is there: https://kubernetes.io/docs/reference/using-api/server-side-apply/ */
const preconditions = ['resourceVersion', 'uid'] as const;

/** What `kubectl get -o yaml` leaves in a manifest, and a dry run on a server without that object does not mind. */
export function copied({ value: { metadata } }: DesiredObject): Problem[] {
  if (typeof metadata !== 'object' || metadata === null) return [];
  const fields = metadata as Readonly<Record<string, unknown>>;
  return preconditions
    .filter((name) => typeof fields[name] === 'string' && fields[name] !== '')
    .map((name) => ({
      grave: true,
      path: ['metadata', name],
      message: `metadata.${name} was copied from a cluster: server-side apply refuses it wherever the object has another one`,
    }));
}
