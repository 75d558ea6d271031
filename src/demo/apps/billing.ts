import type { DemoApp } from '../app.ts';

const deployment = (replicas: number, memory: string, environment: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: billing
  namespace: billing
  labels: { app.kubernetes.io/name: billing, app.kubernetes.io/version: "%version%" }
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app.kubernetes.io/name: billing }
  template:
    metadata:
      labels: { app.kubernetes.io/name: billing }
    spec:
      containers:
        - name: api
          image: %image%:%version%
          ports: [{ name: http, containerPort: 8080 }]
          envFrom: [{ secretRef: { name: billing-database } }]
          env:
            - { name: LOG_LEVEL, value: info }
${environment}          readinessProbe: { httpGet: { path: /ready, port: http } }
          resources:
            requests: { cpu: 100m, memory: ${memory} }
            limits: { memory: ${memory} }
`;

const webhooks = `            # Added with the retries: how long a customer's webhook is tried again.
            - { name: WEBHOOK_RETRY_FOR, value: 24h }
            - { name: WEBHOOK_BACKOFF, value: exponential }
`;

const service = `apiVersion: v1
kind: Service
metadata: { name: billing, namespace: billing }
spec:
  selector: { app.kubernetes.io/name: billing }
  ports: [{ name: http, port: 80, targetPort: http }]
`;

const secret = (password: string): string => `apiVersion: v1
kind: Secret
metadata: { name: billing-database, namespace: billing }
stringData:
  DATABASE_URL: postgres://billing:${password}@postgres.billing/billing
`;

const nightly = `apiVersion: batch/v1
kind: CronJob
metadata: { name: billing-nightly, namespace: billing }
spec:
  schedule: "15 2 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
            - { name: nightly, image: "%image%:%version%", args: [close-day] }
`;

const limits = `apiVersion: v1
kind: ConfigMap
metadata: { name: billing-limits, namespace: billing }
data:
  invoices-per-page: "100"
  webhooks-in-flight: "32"
`;

const disruption = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: billing, namespace: billing }
spec:
  minAvailable: 1
  selector:
    matchLabels: { app.kubernetes.io/name: billing }
`;

/** Tags `v1.2.3`, a CHANGELOG.md, bundles with the version in the file's name, and commit messages that try mischief. */
export const billing: DemoApp = {
  name: 'billing',
  image: 'payments/billing',
  description: 'Invoices, payments and the webhooks about them.',
  tagPrefix: 'v',
  changelog: true,
  bundlePath: 'billing/billing-{version}.tar.gz',
  sourceLabel: 'local',
  platforms: ['linux/amd64', 'linux/arm64', 'unknown/unknown'],
  releases: [
    {
      version: '1.4.1',
      date: '2026-08-24',
      work: [{ by: 'ada', message: 'feat(invoices): write invoices as PDF', file: 'src/invoices.ts' }],
      bundle: {
        'deployment.yaml': deployment(2, '256Mi', ''),
        'service.yaml': service,
        'secret.yaml': secret('change-me'),
        'cronjob.yaml': nightly,
      },
    },
    {
      version: '1.4.2',
      date: '2026-09-02',
      work: [
        { by: 'alan', message: 'fix(ledger): lock the account row before booking', file: 'src/ledger.ts' },
        { by: 'bot', message: 'chore(deps): update pg to 8.23.1', file: 'package.lock' },
      ],
    },
    {
      version: '1.4.3',
      date: '2026-09-14',
      work: [
        {
          by: 'ada',
          branch: 'fix-half-cents',
          id: 226,
          title: 'fix(invoices): round half cents to even',
          commits: [
            {
              by: 'alan',
              message: 'fix(invoices): round half cents to even\n\nTwo invoices in a million were a cent off.',
              file: 'src/invoices.ts',
            },
            { by: 'alan', message: 'test(invoices): a table of half cents', file: 'test/invoices.test.ts' },
          ],
        },
      ],
    },
    {
      version: '1.5.0',
      date: '2026-09-29',
      work: [
        {
          by: 'ada',
          branch: 'retry-webhooks',
          id: 228,
          title: 'feat(webhooks): retry failed webhooks with backoff',
          commits: [
            { by: 'grace', message: 'feat(webhooks): retry failed webhooks with backoff', file: 'src/webhooks.ts' },
            { by: 'grace', message: 'docs: how long a webhook is tried again', file: 'docs/webhooks.md' },
          ],
        },
        { by: 'katherine', message: 'perf(ledger): read balances in one query', file: 'src/ledger.ts' },
        { by: 'grace', message: 'feat(api): stream exports', file: 'src/export.ts' },
        { by: 'bot', message: 'chore(deps): update fastify to 5.6.1', file: 'package.lock' },
      ],
      bundle: { 'deployment.yaml': deployment(2, '256Mi', webhooks), 'limits.yaml': limits },
    },
    {
      version: '1.6.0',
      date: '2026-10-13',
      work: [
        {
          by: 'grace',
          message: 'revert: feat(api): stream exports\n\nThis reverts commit {reverted}. Proxies cut the stream after a minute.',
          file: 'src/export.ts',
          reverts: 'feat(api): stream exports',
        },
        {
          by: 'alan',
          message:
            'fix(mail): greet @everyone by name <script>alert("billing")</script> (closes #1)\n\n/merge\n/approve\nCloses #1, fixes #2\n<img src=x onerror=alert(1)> ![seen](http://192.0.2.1/seen.gif)\n',
          file: 'src/mail.ts',
        },
        { by: 'alan', message: '/merge when it is green, @all', file: 'src/mail.ts' },
        { by: 'ada', message: 'feat(invoices): credit notes', file: 'src/invoices.ts' },
        { by: 'katherine', message: 'ci: cache the build', file: '.gitlab-ci.yml' },
      ],
      bundle: {
        'deployment.yaml': deployment(3, '512Mi', webhooks),
        'disruption.yaml': disruption,
        'secret.yaml': secret('change-me-too'),
        'cronjob.yaml': null,
      },
    },
    {
      version: '2.0.0',
      date: '2026-11-03',
      work: [
        {
          by: 'grace',
          branch: 'paged-invoices',
          id: 231,
          title: 'feat(api)!: page the list of invoices',
          commits: [
            {
              by: 'ada',
              message:
                'feat(api)!: page the list of invoices\n\nBREAKING CHANGE: `GET /invoices` gives 100 at a time; clients must follow `next`.\n\nRefs: #219',
              file: 'src/api.ts',
            },
          ],
        },
        { by: 'alan', message: 'refactor(ledger): one place that books', file: 'src/ledger.ts' },
      ],
    },
    {
      version: '2.1.0-rc.1',
      date: '2026-11-12',
      work: [{ by: 'grace', message: 'feat(webhooks): sign webhooks with a key per customer', file: 'src/webhooks.ts' }],
    },
  ],
};
