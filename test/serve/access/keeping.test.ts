import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Metrics } from '../../../src/adapters/metrics.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { GrantRecord } from '../../../src/domain/access.ts';
import { RetryAt } from '../../../src/domain/queue.ts';
import { Access } from '../../../src/serve/access/access.ts';
import { createServices } from '../../../src/services.ts';
import { grantOf, recordOf } from '../../support/builders/grants.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
const repository = 'local:production';
const now = new Date('2026-11-22T12:00:00Z');
const { file, blob } = grantOf();

/** What the service does about access where app.yml says so, and that is remembered; its cluster has no kubeconfig. */
async function service(says: string, grants: readonly GrantRecord[] = [], work: (access: Access) => Promise<void>): Promise<void> {
  const dir = folder();
  const lines = [
    `store: { url: "file:${join(dir, 'data')}" }`,
    `forges: { local: { type: local, path: "${join(dir, 'repositories')}" } }`,
    'clusters: { blue: { kubeconfig: ./nowhere } }',
    'environments: [{ name: production, repository: "local:production", cluster: blue }]',
    says,
  ];
  writeFileSync(join(dir, 'app.yml'), `${lines.join('\n')}\n`);
  const loaded = loadConfig(join(dir, 'app.yml'), {});
  const services = await createServices(loaded, { redact: (text) => text, warn: () => {}, unfinished: true });
  try {
    await services.persistence.store.put('access', repository, { grants, files: { [file]: blob } });
    const parts = {
      config: loaded.config,
      services,
      metrics: {} as Metrics,
      log: pino({ enabled: false }),
      redact: (text: string) => text,
    };
    await work(new Access({ ...parts, tells: false, now: () => now }));
  } finally {
    await services.close();
  }
}

const on = 'access: { approvers: [grace] }';
const off = 'access: {}';
const removal = { request: 8, url: '', merged: true };

test.each<readonly [string, string, readonly GrantRecord[], readonly string[]]>([
  ['somebody may approve', on, [], [repository]],
  ['nobody may approve any more, and somebody holds access', off, [recordOf()], [repository]],
  ['nobody may approve any more, and a file is still there', off, [recordOf({ state: 'ended' })], [repository]],
  ['nobody may approve any more, and all is over', off, [recordOf({ state: 'ended', removal })], []],
  ['nobody ever approved anything', off, [], []],
])('whose grants are looked at: %s', async (_, says, grants, looked) => {
  await service(says, grants, async (access) => {
    expect((await access.jobs('t')).map(({ key }) => key)).toEqual(looked);
  });
});

test('a cluster that cannot be reached at all is tried again at the same pace, however often', async () => {
  await service(on, [recordOf()], async (access) => {
    const failed = await access.keep(repository, 't', new AbortController().signal).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RetryAt);
    expect((failed as RetryAt).at).toEqual(new Date(now.getTime() + 15_000));
    expect((failed as RetryAt).message).toContain('nowhere');
  });
});
