import type { Finding } from '../../src/domain/finding.ts';
import type { Judged, Verdict } from '../../src/validation/outcome.ts';

const deployment = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'billing', name });
export const bundle = 'https://nexus.example.com/repository/manifests/billing/billing-1.6.0.tar.gz';

export const judged = (name: string, file: string, line = 1): Judged => ({ ...deployment(name), place: { file, line } });

/** An error of the server about a Deployment in the repository, unless said otherwise. */
export const findingOf = (more: Partial<Finding> = {}): Finding => ({
  severity: 'error',
  rule: 'api-server',
  file: 'manifests/web.yaml',
  line: 12,
  object: deployment('web'),
  message: 'unknown field "spec.replicass"',
  ...more,
});

/** One of each kind: in a bundle, in a file, waived, and in a file as a whole. */
export const findings: readonly Finding[] = [
  findingOf({
    file: `${bundle}!/deployment.yaml`,
    line: 31,
    bundle,
    object: deployment('api'),
    help: 'did you mean `replicas`?',
  }),
  { severity: 'error', rule: 'yaml', file: 'manifests/broken.yaml', line: 3, message: 'is no YAML: a mapping ends here' },
  findingOf({
    severity: 'waived',
    rule: 'latest-tag',
    file: 'manifests/redis.yaml',
    line: 9,
    object: deployment('redis'),
    message: 'the image redis:latest is another one every day',
    reason: 'a cache for demos',
  }),
  findingOf({
    severity: 'warning',
    rule: 'single-replica',
    file: 'manifests/redis.yaml',
    line: 4,
    object: deployment('redis'),
    message: 'one replica; draining its node stops it',
    help: 'two replicas, or waive it with a reason',
  }),
];

export const verdictOf = (more: Partial<Verdict> = {}): Verdict & { readonly commit: string } => ({
  environment: 'production',
  commit: '8ec1a3bd5a1b0f0a4b9a3f8f3a2d4c5b6e7f8091',
  objects: [
    judged('api', `${bundle}!/deployment.yaml`, 1),
    judged('redis', 'manifests/redis.yaml', 1),
    judged('web', 'manifests/web.yaml', 1),
  ],
  findings,
  kubernetes: '1.36.3',
  seconds: 0.9123,
  complete: true,
  bundles: new Map([[bundle, 4]]),
  ...more,
});
