import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { load } from 'js-yaml';
import { createMetrics } from '../../src/adapters/metrics.ts';
import type { Job } from '../../src/domain/queue.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

/** What the service exports once everything has happened, by the names that Prometheus knows. */
async function exported(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = createMetrics({
    queue: async () => ({ counts: { waiting: 1, running: 0, parked: 0 }, oldest: 2 }),
    journal: async () => 3,
    anchor: async () => ({ number: 3, at: new Date() }),
    lastScan: async () => new Date(),
    stoppedWebhooks: async () => new Map([['gitlab', 1]]),
    clusters: async () => [{ environment: 'staging', lastSuccess: new Date(), ok: true, drift: { changed: 1 } }],
    access: async () => [{ environment: 'staging', open: [{ level: 'admin', until: new Date() }] }],
  });
  const job: Job = { id: '1', data: { kind: 'scan' }, key: '', trace: 't', state: 'running', attempts: 1, addedAt: '2026-11-21T08:00:00Z' };
  metrics.deliveries.count('gitlab/gitlab', 'accepted');
  metrics.jobs.ended(job, 1);
  metrics.scanned({
    kind: 'scan',
    seconds: 1,
    at: new Date(),
    environments: ['staging'],
    proposals: [{ environment: 'staging', action: 'open' }],
    errors: [{ scope: 'registry.example.com' }],
  });
  metrics.asked('gitlab.example.com', 0.1, { status: 200, headers: { 'ratelimit-remaining': '1999', 'ratelimit-limit': '2000' } });
  metrics.validated('rejected', 0.9);
  metrics.deployed('staging', 'succeeded', 12);
  metrics.access.alarmed('staging');
  metrics.access.removed('staging', 1);
  metrics.notified('sent');
  metrics.missed('registry/registry.example.com', 0);
  const samples = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = new Map<string, Set<string>>();
  for (const sample of samples) {
    const [, name = '', labels = ''] = /^(\w+)(?:\{(.*)\})? /.exec(sample) ?? [];
    const known = names.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    names.set(name, known);
  }
  return names;
}

interface Asked {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Metrics that an expression asks for; throws for one that Prometheus could not read. */
function askedBy(expression: string): Asked[] {
  const asked: { metric: string; labels: string[] }[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`"${expression}": not understood at ${from}`);
      if (node.name === 'Identifier' && node.parent?.name === 'VectorSelector') asked.push({ metric: text, labels: [] });
      if (node.name === 'LabelName' && node.parent?.name !== 'GroupingLabels') asked.at(-1)?.labels.push(text);
    },
  });
  return asked;
}

/** Prometheus' own. */
const foreign: readonly string[] = ['up'];
const added: readonly string[] = ['job', 'instance'];

async function expectExported(expressions: readonly string[]): Promise<void> {
  const names = await exported();
  expect(expressions.length).toBeGreaterThan(5);
  for (const expression of expressions) {
    const asked = askedBy(expression);
    expect(asked).not.toEqual([]);
    for (const { metric, labels } of asked.filter((one) => !foreign.includes(one.metric))) {
      expect({ metric, exported: names.has(metric) }).toEqual({ metric, exported: true });
      const unknown = labels.filter((label) => !added.includes(label) && names.get(metric)?.has(label) !== true);
      expect({ metric, unknown }).toEqual({ metric, unknown: [] });
    }
  }
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const rules = (load(read('operations/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);

test('every alert asks for metrics and labels that are really exported', () => expectExported(rules.map(({ expr }) => expr)));

test('every alert has a name of its own, P1, P2 or P3, a sentence, and a place in the manual that says what to do', () => {
  const manual = read('docs/operations.md');
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(new Set(rules.map(({ labels }) => labels.severity))).toEqual(new Set(['P1', 'P2', 'P3']));
  for (const { alert, annotations } of rules) {
    expect(annotations.summary).toMatch(/\.$/);
    expect(manual).toContain(`| \`${alert}\` |`);
  }
});

test('every panel of the dashboard asks for metrics and labels that are really exported', async () => {
  const { panels } = JSON.parse(read('operations/dashboard.json')) as { panels: { targets: { expr: string }[] }[] };
  await expectExported(panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)));
});

test('the manual lists every metric of ours, and no other', async () => {
  const names = new Set(
    [...(await exported()).keys()]
      .filter((name) => name.startsWith('lockkeeper_'))
      .map((name) => name.replace(/_(?:bucket|sum|count)$/, '')),
  );
  const listed = [...read('docs/operations.md').matchAll(/^\| `(lockkeeper_\w+)` \|/gm)].map(([, name]) => name);
  expect(new Set(listed)).toEqual(names);
});

test('what is not known yet is not said: a scan that never was is not one of 1970', async () => {
  const metrics = createMetrics({
    queue: async () => ({ counts: { waiting: 0, running: 0, parked: 0 }, oldest: 0 }),
    journal: async () => 0,
    anchor: async () => undefined,
    lastScan: async () => undefined,
    stoppedWebhooks: async () => new Map(),
    clusters: async () => [{ environment: 'staging' }],
    access: async () => [],
  });
  for (let reading = 1; reading < 3; reading += 1) {
    const text = await metrics.text();
    expect(text).not.toMatch(/^lockkeeper_(?:scan_last_success|journal_anchored)\w* \d/m);
    expect(text).not.toMatch(/^lockkeeper_(?:deployment|drift)\w*\{/m);
    expect(text).toMatch(/^lockkeeper_journal_entries 0$/m);
  }
});

test('how many grants are open is said per level, also when it is none, and how long the worst is overdue', async () => {
  let open = [
    { level: 'admin', until: new Date(Date.now() - 90_000) },
    { level: 'admin', until: new Date(Date.now() - 30_000) },
    { level: 'developer', until: new Date(Date.now() + 60_000) },
  ];
  const metrics = createMetrics({
    queue: async () => ({ counts: { waiting: 0, running: 0, parked: 0 }, oldest: 0 }),
    journal: async () => 0,
    anchor: async () => undefined,
    lastScan: async () => undefined,
    stoppedWebhooks: async () => new Map(),
    clusters: async () => [],
    access: async () => [{ environment: 'production', open }],
  });
  const said = async () => (await metrics.text()).split('\n').filter((line) => /^lockkeeper_access_(?!removal)/.test(line));
  const overdue = /^lockkeeper_access_overdue_seconds\{environment="production"\} (?<seconds>\d+)/m;
  const grants = 'lockkeeper_access_grants{environment="production",level=';
  await said();
  expect(await said()).toEqual([
    'lockkeeper_access_alarms_total{environment="production"} 0', // else nobody sees the first one
    `${grants}"readonly"} 0`,
    `${grants}"developer"} 1`,
    `${grants}"admin"} 2`,
    expect.stringMatching(overdue),
  ]);
  expect(Number(overdue.exec(await metrics.text())?.groups?.['seconds'])).toBeGreaterThanOrEqual(90);
  open = [];
  expect((await said()).slice(1)).toEqual([
    `${grants}"readonly"} 0`,
    `${grants}"developer"} 0`,
    `${grants}"admin"} 0`,
    'lockkeeper_access_overdue_seconds{environment="production"} 0',
  ]);
});

test('while the store cannot be used, what stands in it is left out, and the rest is said', async () => {
  let down = false;
  const stored =
    <T>(value: T) =>
    async (): Promise<T> => {
      if (down) throw new Error('connect ECONNREFUSED');
      return value;
    };
  const metrics = createMetrics({
    queue: stored({ counts: { waiting: 1, running: 0, parked: 0 }, oldest: 2 }),
    journal: stored(3),
    anchor: stored({ number: 3, at: new Date() }),
    lastScan: stored(new Date()),
    stoppedWebhooks: stored(new Map([['gitlab', 1]])),
    clusters: stored([{ environment: 'staging', lastSuccess: new Date(), ok: false, drift: { changed: 1, missing: 0 } }]),
    access: stored([{ environment: 'staging', open: [] }]),
  });
  metrics.deliveries.count('gitlab/gitlab', 'accepted');
  const ofTheStore =
    /^lockkeeper_(?:scan_last_success|journal|queue|webhook_disabled|deployment_last|deployment_ok|drift|access_grants|access_overdue)\w*(?:\{.*\})? /gm;
  expect((await metrics.text()).match(ofTheStore)).toHaveLength(17);
  down = true;
  const text = await metrics.text();
  expect(text.match(ofTheStore)).toBeNull();
  expect(text).toContain('lockkeeper_webhook_deliveries_total{sender="gitlab/gitlab",outcome="accepted"} 1');
  down = false;
  expect((await metrics.text()).match(ofTheStore)).toHaveLength(17);
});

test.each(['lockkeeper_scan +', 'rate(x[5m', 'nothing{'])('an expression that Prometheus cannot read is found: %s', (expression) => {
  expect(() => askedBy(expression)).toThrow('not understood');
});
