import { readdirSync } from 'node:fs';
import { describeWith } from '../support/parts.ts';
import { freePorts } from '../support/ports.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { type Served, serve, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const config = (name: string, data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n${data}\n`;

describeWith('control-plane', 'lockkeeper serve judges merge requests', () => {
  let served: Served | undefined;
  afterEach(() => served?.stop('SIGKILL'));

  test('one that nobody told of is found by the hourly look; its comment leads to pages; nothing is left of the servers', async () => {
    const world = localScanWorld(folder());
    const [port = 0] = await freePorts(1);
    world.configure(`server: { port: ${port} }\nenvironments: [{ name: staging, repository: "local:staging" }]\n`);
    const container = '        - { name: redis, image: "redis:latest" }';
    const template = `  template:\n    metadata: { labels: { app: redis } }\n    spec:\n      containers:\n${container}`;
    const deployment = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: redis, namespace: default }\nspec:\n  selector: { matchLabels: { app: redis } }\n${template}\n`;
    await world.createRepository('staging', {
      'environment.yml': 'manifests: [manifests/]\n',
      'manifests/a.yaml': config('a', 'data: {}'),
    });
    const bad = { 'manifests/b.yaml': config('b', 'data: { key: 1 }'), 'manifests/redis.yaml': deployment };
    const head = await world.pushAsPerson('staging', 'feature', bad, 'b');
    const id = await world.openAsPerson('staging', 'feature', 'b');
    const temporary = folder();
    served = await serve(world.config, { TMPDIR: temporary });
    const { url } = served;
    const status = await until(async () => {
      const [found] = await world.forge.statuses('staging', head);
      return found === undefined || found.state === 'running' ? undefined : found;
    });
    expect(status).toMatchObject({
      state: 'failure',
      description: expect.stringMatching(/^1 error, \d+ warnings · 3 objects against/) as string,
    });
    const [comment = ''] = await world.comments('staging', id);
    const [page = ''] = new RegExp(`${url.replace('127.0.0.1', 'localhost')}/checklist/latest-tag`).exec(comment) ?? [];
    expect((await fetch(page)).status).toBe(200);
    const metrics = await until(async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return /^lockkeeper_validations_total\{outcome="rejected"\} 1$/m.test(text) ? text : undefined;
    });
    expect(metrics).toMatch(/^lockkeeper_validation_duration_seconds_count\{outcome="rejected"\} 1$/m);
    const homes = (): string[] => readdirSync(temporary).filter((name) => name.startsWith('lockkeeper-control-plane-'));
    expect(homes()).toHaveLength(1);
    expect(await served.stop()).toBe(0);
    expect(homes()).toEqual([]);
  });
});
