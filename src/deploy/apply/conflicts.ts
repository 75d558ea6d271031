import { statusOf } from '../../domain/api-status.ts';
import type { ApiReply } from '../../domain/cluster.ts';
import type { DeployFailure } from '../../domain/deployment.ts';
import { appliedAnnotation, deployedAtLabel, environmentLabel, identityAnnotation, takeOverAnnotation } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { record } from '../../manifests/objects.ts';
import { fieldPath } from '../../plan/field-path.ts';
import { isHand } from '../drift/hands.ts';
import { refusal } from '../refusal.ts';
import { isMigrated } from './managers.ts';

/** A field that somebody else owns, with another value. https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts */
export interface FieldConflict {
  /** As the server writes it: `.spec.replicas`. */
  readonly field: string;
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly subresource?: string;
}

/** Empty where the reply is none about fields. */
export function conflictsOf(reply: ApiReply): readonly FieldConflict[] {
  if (reply.status !== 409) return [];
  return statusOf(reply).causes.flatMap(({ field, message }): FieldConflict[] => {
    const [whole, manager, subresource, using] = /^conflict with "([^"]*)"(?: with subresource "([^"]*)")?( using )?/.exec(message) ?? [];
    if (whole === undefined || manager === undefined) return [];
    const operation = using === undefined ? 'Apply' : 'Update';
    return [{ field, manager, operation, ...(subresource !== undefined && { subresource }) }];
  });
}

const ourMarks = [environmentLabel, deployedAtLabel, identityAnnotation, appliedAnnotation];

/** Whether the field may be taken from its owner. `correct`: what people changed by hand is set back. */
export function mayTake(conflict: FieldConflict, { value }: DesiredObject, correct: boolean): boolean {
  const annotations = record(record(value['metadata'])['annotations']);
  if (annotations[takeOverAnnotation] === 'enabled' || isMigrated(conflict)) return true;
  return ourMarks.some((mark) => conflict.field.endsWith(`.${mark}`)) || (correct && isHand(conflict));
}

/** `spec.replicas belongs to the field manager "kubectl-scale"` */
const saidOf = ({ field, manager, subresource }: FieldConflict): string =>
  `${shownField(field)} belongs to the field manager ${JSON.stringify(manager)}${subresource === undefined ? '' : ` (by ${subresource})`}`;

export const shownField = (field: string): string => field.replace(/^\./, '');

/** What the user reads of a field that may not be taken. */
export function inTheWay(object: DesiredObject, conflict: FieldConflict): DeployFailure {
  const correct = isHand(conflict) ? ', or let this environment set back what people change (drift.correct: true)' : '';
  const help = `leave the field out of the manifest, so that its owner keeps it, or annotate the object with ${takeOverAnnotation}: enabled to take it over${correct}`;
  return refusal(object, `${saidOf(conflict)}, which set it to another value`, help, fieldPath(conflict.field, object.value));
}
