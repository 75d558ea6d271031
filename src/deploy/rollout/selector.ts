import { record } from '../../manifests/objects.ts';

/** `spec.selector` of a workload as a query says it (`app=web,tier in (a,b)`); empty where it selects nothing that a query can say. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions, ...plain } = record(selector);
  const labels = record(matchLabels ?? (matchExpressions === undefined ? plain : {})); // a ReplicationController has the labels alone
  const expressions = Array.isArray(matchExpressions) ? matchExpressions.map(record) : [];
  return [...Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`), ...expressions.map(expression)].join(',');
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#set-based-requirement */
function expression({ key, operator, values }: Readonly<Record<string, unknown>>): string {
  const list = Array.isArray(values) ? `(${values.join(',')})` : '()';
  switch (operator) {
    case 'In':
      return `${String(key)} in ${list}`;
    case 'NotIn':
      return `${String(key)} notin ${list}`;
    case 'DoesNotExist':
      return `!${String(key)}`;
    default:
      return String(key);
  }
}
