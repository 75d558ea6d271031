import { createHash } from 'node:crypto';
import type { ManagedFields, ObjectMetadata } from '../../domain/cluster.ts';
import { appliedAnnotation, environmentLabel, fieldManager, identityAnnotation, identityText } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { isMigrated } from './managers.ts';

/**
 * Whether an object stands as its document says, so that applying it again changes nothing: the document is the one that was applied, and since
 * then nobody has set, or removed, a field that was ours. Pure. Who changes a field of another manager takes it away from him, so that the
 * set of our fields tells, whatever shape they have.
 */
export function isSettled(desired: DesiredObject, metadata: ObjectMetadata, environment: string): boolean {
  const { labels = {}, annotations = {}, managedFields = [], namespace = '', deletionTimestamp } = metadata;
  return (
    deletionTimestamp === undefined &&
    labels[environmentLabel] === environment &&
    annotations[identityAnnotation] === identityText({ ...desired, namespace }) &&
    annotations[appliedAnnotation] === appliedText(desired, managedFields) &&
    !managedFields.some(isMigrated)
  );
}

/**
 * Text of the annotation `applied`: SHA-256 of the document, and of the fields that are ours after it was applied, first 16 hexadecimal digits
 * each; undefined where none are ours.
 */
export function appliedText({ body }: DesiredObject, managedFields: readonly ManagedFields[]): string | undefined {
  const own = managedFields.find(isOwn);
  return own?.fieldsV1 && `${digest(body)}.${digest(JSON.stringify([own.apiVersion, own.fieldsV1]))}`;
}

/** The entry of what we apply. */
export const isOwn = ({ manager, operation, subresource }: ManagedFields): boolean =>
  manager === fieldManager && operation === 'Apply' && subresource === undefined;

const digest = (of: Uint8Array | string): string => createHash('sha256').update(of).digest('hex').slice(0, 16);
