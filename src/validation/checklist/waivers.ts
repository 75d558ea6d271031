import { type ChecklistRule, checklistRules } from '../../domain/checklist.ts';
import type { Finding } from '../../domain/finding.ts';
import { nearest } from '../../domain/nearest.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Point } from './point.ts';
import { recordAt } from './values.ts';

/** `lockkeeper.dev/waive.single-replica: "licensed for one"` */
const prefix = 'lockkeeper.dev/waive.';

const rules = Object.keys(checklistRules);

/** The finding as it is, or waived by an annotation of its object, with the reason that stands there. */
export function waive(finding: Finding, object: DesiredObject): Finding {
  const reason = reasonFor(finding.rule, object);
  return reason === undefined ? finding : { ...finding, severity: 'waived', reason };
}

function reasonFor(rule: string, object: DesiredObject): string | undefined {
  const annotations = recordAt(object.value, 'metadata', 'annotations');
  const key = `${prefix}${rule}`;
  return rules.includes(rule) && Object.hasOwn(annotations, key) ? reasonIn(annotations[key]) : undefined;
}

function reasonIn(value: unknown): string | undefined {
  const reason = typeof value === 'string' ? value.trim() : '';
  return reason === '' ? undefined : reason;
}

/** Annotations that mean to waive, and cannot. */
export const waiverPoints = (objects: readonly DesiredObject[]): readonly Point[] =>
  objects.flatMap((object) =>
    Object.entries(recordAt(object.value, 'metadata', 'annotations'))
      .filter(([key]) => key.startsWith(prefix))
      .flatMap(([key, value]) => wrongWaiver(key, value).map((wrong) => ({ ...wrong, object, path: ['metadata', 'annotations', key] }))),
  );

function wrongWaiver(key: string, value: unknown): readonly { rule: ChecklistRule; message: string; help: string }[] {
  const name = key.slice(prefix.length);
  const near = nearest(name, rules);
  if (!rules.includes(name)) {
    const message = `It waives ${name || 'nothing'}, which is no rule of the checklist${near === undefined ? '' : `; ${near} is`}.`;
    return [{ rule: 'waiver', message, help: near === undefined ? 'Name a rule of the checklist.' : `Write ${prefix}${near}.` }];
  }
  if (reasonIn(value) !== undefined) return [];
  return [{ rule: 'waiver', message: `It waives ${name} without a reason, and so waives nothing.`, help: 'Write why, as a text.' }];
}
