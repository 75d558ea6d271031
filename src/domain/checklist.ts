/** Go-live checks of workloads, with the severity that each has unless app.yml says otherwise. Each has its page: docs/checklist/NAME.md. */
export const checklistRules = {
  'single-replica': 'warning',
  'replicas-not-spread': 'warning',
  'termination-grace-period': 'warning',
  'budget-blocks-drain': 'error',
  'budgets-overlap': 'error',
  'budget-selects-nothing': 'warning',
  'budget-keeps-unhealthy-pods': 'warning',
  'no-budget': 'warning',
  'bare-pod': 'warning',
  'local-state': 'warning',
  'no-readiness-probe': 'warning',
  'no-resource-requests': 'warning',
  'latest-tag': 'warning',
  privileged: 'warning',
  'host-namespaces': 'warning',
  'runs-as-root': 'warning',
  'writable-root': 'warning',
  'service-account-token': 'warning',
  'deprecated-api': 'warning',
  'service-selects-nothing': 'warning',
  'unknown-registry': 'warning',
  waiver: 'warning',
} as const satisfies Record<string, 'warning' | 'error'>;

export type ChecklistRule = keyof typeof checklistRules;
export type ChecklistSeverity = 'off' | 'warning' | 'error';
/** What app.yml says; a rule that is not named has its own severity. */
export type ChecklistSettings = Readonly<Partial<Record<ChecklistRule, ChecklistSeverity>>>;
