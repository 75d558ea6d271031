import { checklistRules } from '../../domain/checklist.ts';

/** Page of a rule: why it is one, and what to do; `url` is the service's, without a trailing slash. */
export const rulePage = (rule: string, url: string): string =>
  rule in checklistRules ? `${url}/checklist/${rule}` : `${url}/validation#${encodeURIComponent(rule)}`;
