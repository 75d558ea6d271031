import { pino } from 'pino';
import { readConfig } from '../../src/config/load.ts';
import { webhookJobs } from '../../src/serve/webhook-jobs.ts';
import { rememberReleases } from '../../src/updates/memory.ts';
import type { Scanned } from '../../src/updates/scan.ts';
import { rememberTold } from '../../src/webhooks/missed.ts';
import { MemoryStore } from '../support/memory-store.ts';

const { config } = readConfig(
  'app.yml',
  `forges: { local: { type: local, path: ./repositories } }
registries: { registry.example.com: { webhookSecret: 4b3c2f18d6a79e05b1946ac92492d234 } }
environments: [{ name: staging, repository: "local:staging" }]
`,
  { env: {}, readFile: () => '' },
);
const of = { datasource: 'oci', name: 'registry.example.com/billing' } as const;
const began = new Date(Date.now() - 20 * 60_000);
const earlier = new Date(began.getTime() - 3_600_000);

/** A scan that proposed 1.5.0. */
const proposing = (kind: 'open' | 'keep', problem?: Error): Scanned =>
  ({
    apps: [
      {
        action: { kind, proposal: { updates: [{ reference: { package: of }, to: { version: '1.5.0' } }] } },
        ...(problem !== undefined && { problem }),
      },
    ],
  }) as unknown as Scanned;

async function look(result: Scanned, seen: readonly (readonly [Date, string])[]) {
  const store = new MemoryStore();
  const [counts, lines]: [string[], string[]] = [[], []];
  const jobs = webhookJobs({
    config,
    services: { persistence: { store }, webhookForge: async () => undefined } as unknown as Parameters<typeof webhookJobs>[0]['services'],
    metrics: { missed: (sender, count) => void counts.push(`${sender} ${count}`) },
    log: pino({ level: 'info' }, { write: (line: string) => void lines.push(line) }),
  });
  await rememberTold(store, 'registry.example.com/other', earlier);
  for (const [at, version] of seen) await rememberReleases(store, of, [{ version }], at);
  await jobs.suspect(await jobs.firstSeen(result, began));
  await jobs['check-webhooks']();
  return { counts, lines };
}

test('a registry that is to tell is counted from the start; what it did not tell is said and counted', async () => {
  const { counts, lines } = await look(proposing('open'), [
    [earlier, '1.4.0'],
    [began, '1.5.0'],
  ]);
  expect(counts).toEqual(['registry/registry.example.com 0', 'registry/registry.example.com 1']);
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
    "no delivery told of registry.example.com/billing 1.5.0: the schedule found it; see to the registry's webhook",
  ]);
});

test.each<[string, Scanned, readonly (readonly [Date, string])[]]>([
  [
    'was seen before, and waited for its window',
    proposing('open'),
    [
      [earlier, '1.4.0'],
      [new Date(earlier.getTime() + 60_000), '1.5.0'],
    ],
  ],
  ['stood in a package that nobody had looked at before', proposing('open'), [[began, '1.5.0']]],
  [
    'was proposed already',
    proposing('keep'),
    [
      [earlier, '1.4.0'],
      [began, '1.5.0'],
    ],
  ],
  [
    'could not be proposed',
    proposing('open', new Error('refused')),
    [
      [earlier, '1.4.0'],
      [began, '1.5.0'],
    ],
  ],
])('nobody is blamed for what %s', async (_, result, seen) => {
  const { counts, lines } = await look(result, seen);
  expect([counts, lines]).toEqual([['registry/registry.example.com 0'], []]);
});
