import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import type { Registry } from '../../src/demo/registry.ts';
import type { Forge } from '../../src/domain/forge.ts';
import { createServices } from '../../src/services.ts';
import type { ScanReport } from '../../src/updates/report.ts';
import { reportOf, scan } from '../../src/updates/scan.ts';
import { deployment, host, publish } from './deployments.ts';
import { gitText } from './git-repository.ts';
import { type GitLabScanWorld, gitlabScanWorld } from './gitlab-scan-world.ts';
import type { GitLabOptions } from './gitlab-server/options.ts';

/** A GitLab in which one scan has everything to do: open one, update one, close one, leave one to the person who committed to it. */
export interface BusyWorld extends GitLabScanWorld {
  readonly folder: string;
  /** One scan in a process of its own, whose requests are tried again without a pause. */
  readonly scanOnce: () => Promise<ScanReport>;
  /** Everything that people would see of the forge, without addresses and hashes of commits. */
  readonly snapshot: () => Promise<unknown>;
}

const path = 'platform/environments/staging';
const apps = ['closes', 'left', 'moves', 'opens'];

export function publishAll(registry: Registry): void {
  for (const app of apps) publish(registry, `shop/${app}`, '1.4.2', '1.5.0', '1.6.0');
}

export async function busyWorld(folder: string, registry: Registry, options: GitLabOptions = {}): Promise<BusyWorld> {
  const world = await gitlabScanWorld(folder, options);
  const configure = (more: string): void =>
    world.configure(`registries: { "${host(registry)}": { insecure: true } }
environments: [{ name: staging, repository: "gitlab:${path}" }]
packages: [{ match: "**", owner: ada${more} }]
`);
  const file = (app: string, version: string) => ({ [`${app}.yaml`]: deployment(`${host(registry)}/shop/${app}:${version}`) });
  const scanOnce = () => scanIn(folder, world.server.token);
  configure(', allow: "<1.6"');
  await world.createRepository(path, { ...file('closes', '1.4.2'), ...file('left', '1.4.2'), ...file('moves', '1.4.2') });
  await scanOnce();
  configure('');
  await world.pushAsPerson(path, 'main', { ...file('closes', '1.6.0'), ...file('opens', '1.4.2') }, 'By hand');
  await world.pushAsPerson(path, 'lockkeeper/left', { 'mine.yaml': 'a: 1\n' }, 'Mine');
  return { ...world, folder, scanOnce, snapshot: () => snapshot(world) };
}

/** A scan in a process of its own, before whose look at the merge requests something happens. */
export async function scanIn(folder: string, token: string, beforeRequests = async () => {}): Promise<ScanReport> {
  const loaded = loadConfig(join(folder, 'app.yml'), { GITLAB_TOKEN: token });
  const services = await createServices(loaded, { redact: (text) => text, warn: () => {}, wait: () => Promise.resolve() });
  try {
    const ports = services.scanPorts({ add: () => {}, done: () => {} });
    const forge = (name: string) => lateLook(ports.forge(name), beforeRequests);
    return reportOf(await scan({ ...ports, forge }, services.settings, { dryRun: false }));
  } finally {
    await services.close();
  }
}

const lateLook = (forge: Forge, before: () => Promise<void>): Forge =>
  new Proxy(forge, {
    get(target, name: keyof Forge) {
      if (name === 'mergeRequests') return (path: string) => before().then(() => target.mergeRequests(path));
      const value: unknown = target[name];
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

async function snapshot({ server }: GitLabScanWorld): Promise<unknown> {
  const listed = await gitText(server.directory(path), ['for-each-ref', '--format=%(refname) %(tree)', 'refs/heads/']);
  const heads = await gitText(server.directory(path), ['for-each-ref', '--format=%(objectname)', 'refs/heads/']);
  const requests = server.project(path).requests.map((request) => ({
    branch: request.sourceBranch,
    target: request.targetBranch,
    state: request.state,
    title: request.title,
    description: request.description.replaceAll(server.url, 'https://gitlab'),
    labels: request.labels,
    assignees: request.assignees.map(({ username }) => username),
    comments: server.comments(path, request.iid),
    upToDate: request.state !== 'opened' || heads.includes(request.sha),
  }));
  return { branches: listed.split('\n'), requests: requests.toSorted((one, other) => (one.branch < other.branch ? -1 : 1)) };
}
