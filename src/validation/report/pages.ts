import { checklistRules } from '../../domain/checklist.ts';

/** What we find in a set of objects by ourselves. */
const setRules: readonly string[] = [
  'duplicate-object',
  'dangling-reference',
  'placeholder',
  'memory-unit',
  'cpu-unit',
  'node-port-clash',
  'node-port-range',
  'cluster-ip-clash',
  'ingress-clash',
  'autoscaler-clash',
  'selector-overlap',
];

/** Page of a rule: why it is one, and what to do; `url` is the service's, without a trailing slash. */
export function rulePage(rule: string, url: string): string {
  if (rule in checklistRules) return `${url}/checklist/${rule}`;
  return `${url}/${setRules.includes(rule) ? 'validation-rules' : 'validation'}#${encodeURIComponent(rule)}`;
}
