import { namespaceOf } from '../set/object-set.ts';
import { type Selector, selects } from '../set/selectors.ts';
import type { Point } from './point.ts';
import type { Selecting, Survey } from './survey.ts';
import { called, shortened, type Workload } from './workload.ts';

type Rule = 'budget-selects-nothing' | 'service-selects-nothing';

const consequence: Readonly<Record<Rule, string>> = {
  'budget-selects-nothing': 'it protects nothing',
  'service-selects-nothing': 'it leads nowhere',
};

export const servicePoints = (survey: Survey): readonly Point[] =>
  survey.services.flatMap((service) => (service.pods.length === 0 ? selectedNothing('service-selects-nothing', service, survey) : []));

export function selectedNothing(rule: Rule, { object, selector }: Selecting, survey: Survey): readonly Point[] {
  const namespace = namespaceOf(object);
  if (selector !== undefined && isElsewhere(namespace, selector, survey)) return [];
  return [
    {
      rule,
      object,
      path: ['spec', 'selector'],
      message:
        selector === undefined
          ? `It has no selector, and so selects no pods: ${consequence[rule]}.`
          : `No workload in namespace ${namespace || 'default'} has pods with ${selectorText(selector)}: ${consequence[rule]}.`,
      help: (selector && hint(namespace, selector, survey)) ?? 'Give it the labels that the pod template has, or remove it.',
    },
  ];
}

/** Pods that another makes: those of the cluster itself, and those of an operator, which have the name of a custom object in a label. */
function isElsewhere(namespace: string, { labels }: Selector, { pods, controllers }: Survey): boolean {
  return (
    namespace.startsWith('kube-') ||
    labels
      .entries()
      .some(([key, value]) => pods.labelled(namespace, key, value).length === 0 && controllers.isNamedAfterOperated(namespace, value))
  );
}

/** The workload that has one of the labels, and what it lacks. */
function hint(namespace: string, selector: Selector, { pods }: Survey): string | undefined {
  const [near] = [...selector.labels].flatMap(([key, value]) => pods.labelled(namespace, key, value).slice(0, 1));
  const missing = near && lacking(selector, near);
  return missing && `The pods of ${called(near)} do not have ${missing}: correct the selector, or the labels of the pod template.`;
}

function lacking({ labels, expressions }: Selector, pods: Workload): string | undefined {
  const parts: readonly Selector[] = [
    ...[...labels].map((label) => ({ labels: new Map([label]), expressions: [] })),
    ...expressions.map((expression) => ({ labels: new Map(), expressions: [expression] })),
  ];
  const wrong = parts.find((part) => !selects(part, pods));
  return wrong && selectorText(wrong);
}

/** `app=web, tier In (front, back)` */
function selectorText({ labels, expressions }: Selector): string {
  const texts = [
    ...[...labels].map(([key, value]) => shortened(`${key}=${value}`)),
    ...expressions.map(({ key, operator, values }) => shortened(`${key} ${operator}${values.length > 0 ? ` (${values.join(', ')})` : ''}`)),
  ];
  return texts.length === 0 ? 'any labels' : texts.slice(0, 10).join(', ');
}
