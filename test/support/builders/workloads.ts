import type { ChecklistRule, ChecklistSettings } from '../../../src/domain/checklist.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { checkWorkloads } from '../../../src/validation/checklist/check-workloads.ts';
import { objectOf } from '../desired.ts';

type Fields = Readonly<Record<string, unknown>>;

const labels = { app: 'web' };

/** A workload with all that the checklist asks of one, but for its budget, and for what is changed in its parts. */
export function aWorkload(
  change: {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata?: Fields;
    readonly spec?: Fields;
    readonly podMetadata?: Fields;
    readonly pod?: Fields;
    readonly container?: Fields;
  } = {},
): Fields {
  const { apiVersion = 'apps/v1', kind = 'Deployment' } = change;
  const template = { metadata: { labels, ...change.podMetadata }, spec: aPodSpec(change.pod, change.container) };
  const metadata = { name: 'web', namespace: 'shop', ...change.metadata };
  if (kind === 'Pod') return { apiVersion, kind, metadata: { ...template.metadata, ...metadata }, spec: template.spec };
  if (kind === 'CronJob') return { apiVersion, kind, metadata, spec: { schedule: '@daily', jobTemplate: { spec: { template } } } };
  return { apiVersion, kind, metadata, spec: { replicas: 2, selector: { matchLabels: labels }, template, ...change.spec } };
}

const aPodSpec = (change: Fields = {}, container: Fields = {}): Fields => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } }],
  containers: [aContainer(container)],
  ...change,
});

export const aContainer = (change: Fields = {}): Fields => ({
  name: 'web',
  image: 'registry.example.com/shop/web:1.4.2',
  ports: [{ name: 'http', containerPort: 8080 }],
  readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
  resources: { requests: { cpu: '100m', memory: '128Mi' } },
  securityContext: { readOnlyRootFilesystem: true },
  ...change,
});

export const aBudget = (spec: Fields = {}, metadata: Fields = {}): Fields => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { selector: { matchLabels: labels }, unhealthyPodEvictionPolicy: 'AlwaysAllow', ...spec },
});

export const aService = (spec: Fields = {}, metadata: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }], ...spec },
});

export const anAutoscaler = (minReplicas?: number): Fields => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web-load', namespace: 'shop' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 9, ...(minReplicas && { minReplicas }) },
});

export const judged = (
  values: readonly Fields[],
  settings: ChecklistSettings = {},
  registries: readonly string[] = [],
): readonly Finding[] =>
  checkWorkloads(
    values.map((value) => objectOf(value)),
    { settings, registries, complete: true },
  );

/** What one rule says. */
export const said = (rule: ChecklistRule, ...values: readonly Fields[]): readonly string[] =>
  judged(values)
    .filter((finding) => finding.rule === rule)
    .map(({ message }) => message);
