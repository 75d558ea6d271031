import type { ChecklistRule } from '../../domain/checklist.ts';
import type { DesiredObject, FieldPath } from '../../manifests/desired-object.ts';

/** What a rule has found, before anybody asks how grave it is. */
export interface Point {
  readonly rule: ChecklistRule;
  /** Whose annotation may waive it. */
  readonly object: DesiredObject;
  readonly path: FieldPath;
  readonly message: string;
  readonly help: string;
}
