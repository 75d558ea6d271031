import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Point } from './point.ts';
import { matches, type Selector, selectorText } from './selector.ts';
import type { Selecting, Survey } from './survey.ts';
import { valueAt } from './values.ts';
import { called, type Workload } from './workload.ts';

type Rule = 'budget-selects-nothing' | 'service-selects-nothing';

const consequence: Readonly<Record<Rule, string>> = {
  'budget-selects-nothing': 'it protects nothing',
  'service-selects-nothing': 'it leads nowhere',
};

export const servicePoints = (survey: Survey): readonly Point[] =>
  survey.services.flatMap((service) => (service.pods.length === 0 ? selectedNothing('service-selects-nothing', service, survey) : []));

export function selectedNothing(rule: Rule, one: Selecting, survey: Survey): readonly Point[] {
  if (isElsewhere(one, survey)) return [];
  const { object, namespace, selector } = one;
  return [
    {
      rule,
      object,
      path: ['spec', 'selector'],
      message: hasSelector(object)
        ? `No workload in namespace ${namespace} has pods with ${selectorText(selector)}: ${consequence[rule]}.`
        : `It has no selector, and so selects no pods: ${consequence[rule]}.`,
      help: hint(one, survey) ?? 'Give it the labels that the pod template has, or remove it.',
    },
  ];
}

const hasSelector = ({ value }: DesiredObject): boolean => (valueAt(value, 'spec', 'selector') ?? undefined) !== undefined;

/** Pods that another makes: those of the cluster itself, and those of an operator, which have the name of a custom object in a label. */
function isElsewhere({ namespace, selector }: Selecting, { pods, custom }: Survey): boolean {
  return (
    namespace.startsWith('kube-') ||
    selector.equal.some(([key, value]) => startsWithOne(value, custom) && pods.withLabel(namespace, key, value).length === 0)
  );
}

/** `orders-rw` for the custom object `orders`. */
const startsWithOne = (value: string, names: ReadonlySet<string>): boolean =>
  names.has(value) || [...value.matchAll(/-/g)].some(({ index }) => names.has(value.slice(0, index)));

/** The workload that has one of the labels, and what it lacks. */
function hint({ namespace, selector }: Selecting, { pods }: Survey): string | undefined {
  const near = selector.equal.flatMap(([key, value]) => pods.withLabel(namespace, key, value).slice(0, 1))[0];
  const missing = near && lacking(selector, near);
  return missing && `The pods of ${called(near)} do not have ${missing}: correct the selector, or the labels of the pod template.`;
}

function lacking(selector: Selector, pods: Workload): string | undefined {
  const parts: readonly Selector[] = [
    ...selector.equal.map((pair) => ({ equal: [pair], expressions: [] })),
    ...selector.expressions.map((expression) => ({ equal: [], expressions: [expression] })),
  ];
  const wrong = parts.find((part) => !matches(part, pods));
  return wrong && selectorText(wrong);
}
