import { isDeepStrictEqual } from 'node:util';
import type { Drift } from '../../domain/deployment.ts';
import { idOf, type ObjectId, objectName } from '../../domain/finding.ts';
import { appliedAnnotation, environmentLabel } from '../../domain/ownership.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { type LeafChange, summarize } from '../../manifests/leaves.ts';
import { record } from '../../manifests/objects.ts';
import { changeOf, changesBetween } from '../../plan/change.ts';
import { comparable } from '../../plan/compare.ts';
import { appliedText } from '../apply/settled.ts';
import { managedFieldsOf, ownersOf } from './owners.ts';
import { addedByHand, removable, type Touched, touchedBy, without } from './touched.ts';

type Value = Readonly<Record<string, unknown>>;

/** What was found of one object. */
export interface Found {
  readonly drift?: Drift;
  readonly notes: readonly string[];
}

/**
 * What of an object is not as it is wanted, and whose hand it was: pure. `applied` is what a deployment would make of what is there, and `names`
 * are the environment's, the present one and those that it had.
 */
export function judgeObject(
  object: DesiredObject,
  { live, applied }: { readonly live: Value; readonly applied: Value },
  names: readonly string[],
): Found {
  const label = textIn(live, 'labels', environmentLabel);
  if (label === undefined || !names.includes(label)) return { drift: unmarked(object, live, label), notes: [] };
  const [is, after] = [comparable(live), comparable(applied)];
  const owners = ownersOf(applied);
  const added = addedByHand(owners);
  const wanted = record(without(after, added));
  if (isDeepStrictEqual(is, wanted)) return { notes: [] };
  const { diff, summary } = changeOf(object, wanted, is, object.value);
  const changes = changesBetween(wanted, is);
  if (changes === undefined) return { drift: { object: idOf(object), kind: 'changed', summary, diff }, notes: [] };
  const isCurrent = isApplied(object, live);
  const touched = touchedBy(changes, live, isCurrent);
  const notes = touched.scaled.map((change) => autoscaled(object, change));
  if (touched.scaled.length === changes.length && changes.length > 0) return { notes };
  const stays = isDeepStrictEqual(is, without(after, removable(added, owners, object.apiVersion)));
  return { drift: { object: idOf(object), ...told(touched, isCurrent), diff, ...(stays && { stays }) }, notes };
}

function textIn(live: Value, part: 'labels' | 'annotations', name: string): string | undefined {
  const text = record(record(live['metadata'])[part])[name];
  return typeof text === 'string' ? text : undefined;
}

/** Whether it was this very document that a deployment applied last; what became of it since is another question. */
function isApplied(object: DesiredObject, live: Value): boolean {
  const [applied, wanted] = [textIn(live, 'annotations', appliedAnnotation), appliedText(object, managedFieldsOf(live))];
  return wanted !== undefined && applied?.split('.')[0] === wanted.split('.')[0];
}

/** Prune will never find it as it is. */
function unmarked(object: DesiredObject, live: Value, label: string | undefined): Drift {
  const says = label === undefined ? `carries no label ${environmentLabel}` : `belongs to ${label}, as its label ${environmentLabel} says`;
  if (textIn(live, 'annotations', appliedAnnotation) === undefined)
    return {
      object: idOf(object),
      kind: 'not-deployed',
      summary: `is in the cluster and ${says}: no deployment of this environment applied it`,
    };
  const owners = ownersOf(live).get(`metadata.labels.${environmentLabel}`) ?? [];
  return { object: idOf(object), kind: 'changed', summary: says, ...byOf(owners) };
}

/** By whom and when, and apart from it what the repository has changed since. */
function told({ byOthers, notDeployed, managers }: Touched, isCurrent: boolean): Pick<Drift, 'kind' | 'summary' | 'by'> {
  if (byOthers.length === 0 && !isCurrent) return { kind: 'not-deployed', summary: `not deployed yet: ${phrase(notDeployed)}` };
  const hands = managers.map(({ manager = 'somebody', time }) => `${manager}${time === undefined ? '' : ` at ${time}`}`);
  const by = hands.length === 0 ? '' : `, by ${hands.join(', ')}`;
  const later = notDeployed.length === 0 ? '' : `; not deployed yet: ${phrase(notDeployed)}`;
  return { kind: 'changed', summary: `${phrase(byOthers)}${by}${later}`, ...byOf(managers) };
}

/** Empty mappings and lists have no values that could differ. */
const phrase = (changes: readonly LeafChange[]): string => summarize(changes) || 'what holds no value';

const byOf = (managers: Touched['managers']): Pick<Drift, 'by'> => {
  const names = managers.flatMap(({ manager }) => manager ?? []);
  return names.length === 0 ? {} : { by: names };
};

const autoscaled = (object: ObjectId, { from, to }: LeafChange): string =>
  `${objectName(object)}: an autoscaler has set its replicas to ${to ?? 'none'}, the repository to ${from ?? 'none'}: leave replicas out there.`;
