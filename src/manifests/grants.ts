import { type Finding, objectName } from '../domain/finding.ts';
import { grantLabel } from '../domain/ownership.ts';
import type { DesiredObject } from './desired-object.ts';
import { record } from './objects.ts';

/** Objects that pose as temporary access, which nobody but the service gives: it would take them away, and raise an alarm. */
export const writtenGrants = (objects: readonly DesiredObject[]): readonly Finding[] =>
  objects
    .filter(({ value }) => Object.hasOwn(record(record(value['metadata'])['labels']), grantLabel))
    .map((object) => ({
      ...object.at(['metadata', 'labels', grantLabel]),
      severity: 'error',
      rule: 'grant',
      object: { apiVersion: object.apiVersion, kind: object.kind, namespace: object.namespace, name: object.name },
      message: `${objectName(object)} carries the label ${grantLabel}, which only temporary access has`,
      help: 'take the label out; whoever needs access for a while asks for it with a file under access/',
    }));
