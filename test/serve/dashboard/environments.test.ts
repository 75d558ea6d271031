import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/load.ts';
import { remember } from '../../../src/deploy/record/remembered.ts';
import { fleetSource } from '../../../src/serve/dashboard/environments.ts';
import { createServices } from '../../../src/services.ts';
import { rememberLook } from '../../../src/updates/fleet/remember.ts';
import { aRow } from '../../support/a-fleet.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();

const appYml = `schedule: { scan: "30 * * * *" }
store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
clusters: { blue: { kubeconfig: ./kubeconfig } }
environments:
  - { name: production, repository: "local:production", cluster: blue, deploy: service, updates: { after: { environment: staging, soak: 1h } } }
  - { name: staging, repository: "local:staging" }
`;

test('what the store holds of each environment, with the last run in its cluster; nobody else is asked', async () => {
  const at = folder();
  writeFileSync(join(at, 'app.yml'), appYml);
  const loaded = loadConfig(join(at, 'app.yml'), {});
  await using closing = new AsyncDisposableStack();
  const services = await createServices(loaded, { redact: (text) => text, warn: () => {} });
  closing.defer(() => services.close());
  const { store } = services.persistence;
  const source = fleetSource({ config: loaded.config, services, redact: (text) => text.replaceAll('hunter2', '[redacted]') });
  const began = '2026-11-20T10:00:00.000Z';
  const look = { repository: 'local:production', url: '', commit: 'abc', began, present: new Set<string>(), requests: [] };
  const rows = [{ row: aRow({ environment: 'production' }), failed: false }];
  await rememberLook(services.persistence, 'production', { ...look, rows, troubles: [{ scope: 'r', message: 'said hunter2' }] });
  const repository = { forge: 'local', path: 'production' };
  const good = { commit: 'aaa', run: '20261119093000' };
  const last = { commit: 'abc', run: '20261120093000', outcome: 'failed', rules: '' } as const;
  await remember(store, repository, { place: 'production in blue', last, good, outstanding: [] });
  expect(await source.environments()).toEqual([
    { environment: 'staging', repository: 'local:staging', url: '', rows: [], requests: [], problems: [] },
    {
      environment: 'production',
      repository: 'local:production',
      url: '',
      commit: 'abc',
      at: began,
      rows: [aRow({ environment: 'production' })],
      requests: [],
      problems: [{ scope: 'r', message: 'said [redacted]', since: began, apps: [] }],
      run: {
        run: last.run,
        at: '2026-11-20T09:30:00.000Z',
        outcome: 'failed',
        commit: 'abc',
        good: { commit: 'aaa', at: '2026-11-19T09:30:00.000Z' },
      },
    },
  ]);
  await remember(store, repository, { place: 'production in green', last, outstanding: [] });
  expect((await source.environments())[1]).not.toHaveProperty('run');
  expect(source.nextScan()?.getUTCMinutes()).toBe(30);
  expect(await source.scanning()).toBeUndefined();
  await services.persistence.queue().add([{ data: { kind: 'scan' }, key: '', trace: 'by hand' }]);
  expect(await source.scanning()).toBe('waiting');
});
