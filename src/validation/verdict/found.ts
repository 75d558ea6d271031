import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';
import { placeOfLine } from '../../manifests/line-place.ts';

export type Said = Pick<Finding, 'severity' | 'rule' | 'message' | 'help'>;

/** A finding about an object, at a field of it, or at a line of its bytes. */
export function found(object: DesiredObject, said: Said, at: FieldPath | number = []): Finding {
  const { apiVersion, kind, namespace, name } = object;
  const where = typeof at === 'number' ? placeOfLine(object, at) : object.at(at);
  const { help, ...rest } = said;
  return { ...where, ...rest, ...(help === undefined ? {} : { help }), object: { apiVersion, kind, namespace, name } };
}
