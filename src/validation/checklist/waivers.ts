import { type ChecklistRule, checklistRules } from '../../domain/checklist.ts';
import type { Finding } from '../../domain/finding.ts';
import { nearest } from '../../domain/nearest.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from '../set/field.ts';
import { identityOf } from '../set/object-set.ts';
import type { Point } from './point.ts';
import { shortened } from './workload.ts';

/** `lockkeeper.dev/waive.single-replica: "licensed for one"` */
const prefix = 'lockkeeper.dev/waive.';

const rules = Object.keys(checklistRules);

/** What others found under a name of the checklist, waived where the object says so. */
export function waiveAll(findings: readonly Finding[], objects: readonly DesiredObject[]): readonly Finding[] {
  const byIdentity = Map.groupBy(objects, identityOf);
  return findings.map((finding) => {
    const same = finding.object === undefined ? [] : (byIdentity.get(identityOf(finding.object)) ?? []);
    const object = same.find(({ place }) => place.file === finding.file);
    return object === undefined ? finding : waive(finding, object);
  });
}

/** The finding as it is, or waived by an annotation of its object, with the reason that stands there. */
export function waive(finding: Finding, object: DesiredObject): Finding {
  const reason = reasonFor(finding.rule, object);
  return reason === undefined ? finding : { ...finding, severity: 'waived', reason };
}

const annotationsOf = ({ value }: DesiredObject): Field => new Field(value).at('metadata', 'annotations');

const reasonFor = (rule: string, object: DesiredObject): string | undefined =>
  rules.includes(rule) ? reasonIn(annotationsOf(object).at(`${prefix}${rule}`)) : undefined;

/** Shown beside every finding that it waives. */
const longestReason = 500;

const reasonIn = ({ text }: Field): string | undefined => text.trim().slice(0, longestReason) || undefined;

/** Annotations that mean to waive, and cannot. */
export const waiverPoints = (objects: readonly DesiredObject[]): readonly Point[] =>
  objects.flatMap((object) =>
    annotationsOf(object)
      .entries.filter(([key]) => key.startsWith(prefix))
      .flatMap(([key, reason]) => wrongWaiver(key, reason).map((wrong) => ({ ...wrong, object, path: reason.path }))),
  );

function wrongWaiver(key: string, reason: Field): readonly { rule: ChecklistRule; message: string; help: string }[] {
  const name = shortened(key.slice(prefix.length));
  const near = nearest(name, rules);
  if (!rules.includes(name)) {
    const message = `It waives ${name || 'nothing'}, which is no rule of the checklist${near === undefined ? '' : `; ${near} is`}.`;
    return [{ rule: 'waiver', message, help: near === undefined ? 'Name a rule of the checklist.' : `Write ${prefix}${near}.` }];
  }
  if (reasonIn(reason) !== undefined) return [];
  return [{ rule: 'waiver', message: `It waives ${name} without a reason, and so waives nothing.`, help: 'Write why, as a text.' }];
}
