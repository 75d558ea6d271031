import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';

export type Said = Pick<Finding, 'severity' | 'rule' | 'message' | 'help'>;

/** Lines of the bytes before the first value: comments, empty ones, the dashes. */
function linesBefore(body: Uint8Array): number {
  const lines = Buffer.from(body).toString('utf8', 0, 20_000).split('\n');
  return Math.max(
    0,
    lines.findIndex((line) => !/^\s*(?:#.*|---.*)?$/.test(line)),
  );
}

/** A finding about an object, at a field of it, or at a line of its bytes. */
export function found(object: DesiredObject, said: Said, at: FieldPath | number = []): Finding {
  const { apiVersion, kind, namespace, name, place, body } = object;
  const where = typeof at === 'number' ? { ...place, line: place.line - linesBefore(body) + at - 1 } : object.at(at);
  const { help, ...rest } = said;
  return { ...where, ...rest, ...(help === undefined ? {} : { help }), object: { apiVersion, kind, namespace, name } };
}
