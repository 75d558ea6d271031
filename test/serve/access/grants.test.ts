import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Metrics } from '../../../src/adapters/metrics.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { RetryAt } from '../../../src/domain/queue.ts';
import { Access } from '../../../src/serve/access/access.ts';
import { createServices, type Services } from '../../../src/services.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const temporary = temporaryFolder();
const now = new Date('2026-11-22T10:00:00Z');
const log = pino({ level: 'silent' });

async function access(environment: string): Promise<{ readonly access: Access; readonly services: Services }> {
  const file = join(temporary(), 'app.yml');
  writeFileSync(
    file,
    `forges: { local: { type: local, path: ./repositories } }
store: { url: "file:./data" }
clusters: { blue: { kubeconfig: ./nowhere } }
environments: [{ name: production, repository: "local:production"${environment} }]
access: { approvers: [grace] }
`,
  );
  const loaded = loadConfig(file, {});
  const services = await createServices(loaded, { redact: (text) => text, warn: () => {}, unfinished: true });
  const metrics = {} as Metrics;
  return {
    access: new Access({ config: loaded.config, services, metrics, log, redact: (text) => text, tells: false, now: () => now }),
    services,
  };
}

test('a look at the grants that cannot be made is made again soon, whatever is in its way, and never given up', async () => {
  const { access: one, services } = await access(', cluster: blue');
  const failed = await one.keep('local:production', 't', new AbortController().signal).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(RetryAt);
  expect(failed).toMatchObject({ message: expect.stringContaining('nowhere'), at: new Date('2026-11-22T10:00:15Z') });
  await services.close();
});
