import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import type { Registry } from '../../src/demo/registry.ts';
import type { Forge } from '../../src/domain/forge.ts';
import { createServices, type Services } from '../../src/services.ts';
import type { ScanReport } from '../../src/updates/report.ts';
import { environmentRows, reportOf } from '../../src/updates/report-rows.ts';
import { scan } from '../../src/updates/scan.ts';
import { deployment, publish } from './deployments.ts';
import { Faults, type LoggedRequest } from './faults.ts';
import { keepFolder } from './keep-folder.ts';
import type { ScanWorld } from './scan-world.ts';
import { startUnruly } from './unruly-registry.ts';

/** One of the forges, for a world in which everything can go wrong. */
export interface BusyForge extends ScanWorld {
  /** What a scan needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives what brings the repository back to how it is now. */
  readonly keep: (path: string) => Promise<() => void>;
  /** What people see of merge requests, by branch, without addresses and hashes of commits. */
  readonly requests: (path: string) => Promise<readonly { readonly branch: string }[]>;
  /** Branches and their trees. */
  readonly trees: (path: string) => Promise<readonly string[]>;
}

/** A forge in which one scan has everything to do: open one, update one, close one, leave one to the person who committed to it. */
export interface BusyWorld extends BusyForge {
  readonly folder: string;
  /** Of the forge's and the registry's requests together. */
  readonly faults: Faults;
  /** Every request to the forge and the registry since the last call. */
  readonly asked: () => readonly LoggedRequest[];
  /** One scan as of a process of its own, whose requests are tried again without a pause; a hurried one waits for replies for a moment only. */
  readonly scanOnce: (terms?: Pick<ScanTerms, 'hurried' | 'signal'>) => Promise<ScanReport>;
  readonly snapshot: () => Promise<unknown>;
  /** Everything is again as it was before the scan. */
  readonly restore: () => void;
  /** What the store held is lost. */
  readonly forget: () => void;
}

const busyPath = 'platform/staging';
const apps = ['closes', 'left', 'moves', 'opens'];

/** Milliseconds. */
const aMoment = 1000;

export function publishAll(registry: Registry): void {
  for (const app of apps) publish(registry, `shop/${app}`, '1.4.2', '1.5.0', '1.6.0');
}

export async function busyWorld(folder: string, registry: Registry, create: (faults: Faults) => Promise<BusyForge>): Promise<BusyWorld> {
  const faults = new Faults();
  const [world, unruly] = await Promise.all([create(faults), startUnruly(registry, faults)]);
  const configure = (more: string): void =>
    world.configure(`registries: { "${unruly.host}": { insecure: true } }
environments: [{ name: staging, repository: "${world.forgeName}:${busyPath}" }]
packages: [{ match: "**", owner: ada${more} }]
`);
  const file = (app: string, version: string) => ({ [`${app}.yaml`]: deployment(`${unruly.host}/shop/${app}:${version}`) });
  const scanOnce: BusyWorld['scanOnce'] = (terms) => scanIn(folder, world.env, terms);
  configure(', allow: "<1.6"');
  await world.createRepository(busyPath, { ...file('closes', '1.4.2'), ...file('left', '1.4.2'), ...file('moves', '1.4.2') });
  await scanOnce();
  configure('');
  await world.pushAsPerson(busyPath, 'main', { ...file('closes', '1.6.0'), ...file('opens', '1.4.2') }, 'By hand');
  await world.pushAsPerson(busyPath, 'lockkeeper/left', { 'mine.yaml': 'a: 1\n' }, 'Mine');
  const restoring = [await world.keep(busyPath), keepFolder(join(folder, 'data'))];
  return {
    ...world,
    folder,
    faults,
    scanOnce,
    asked: () => faults.seen.splice(0),
    snapshot: async () => ({ branches: await world.trees(busyPath), requests: await world.requests(busyPath) }),
    restore: () => {
      for (const one of restoring) one();
    },
    forget: () => rmSync(join(folder, 'data'), { recursive: true }),
    dispose: async () => {
      await world.dispose();
      await unruly.close();
    },
  };
}

interface ScanTerms {
  /** Waits for replies for a moment only. */
  readonly hurried?: boolean;
  /** Aborted: it shall stop. */
  readonly signal?: AbortSignal;
  readonly beforeRequests?: () => Promise<void>;
}

/** A scan as of a process of its own, before whose look at the merge requests something may happen. */
export function scanIn(
  folder: string,
  env: BusyForge['env'],
  { hurried = false, signal = new AbortController().signal, beforeRequests = async () => {} }: ScanTerms = {},
): Promise<ScanReport> {
  return withServicesIn(folder, env, hurried, async (services) => {
    const ports = services.scanPorts({ add: () => {}, done: () => {} }, signal);
    const forge = (name: string) => lateLook(ports.forge(name), beforeRequests);
    return reportOf(await scan({ ...ports, forge }, services.settings, { dryRun: false }, environmentRows));
  });
}

/** Does the work as a process of its own does, whose requests are tried again without a pause. */
export async function withServicesIn<T>(
  folder: string,
  env: BusyForge['env'],
  hurried: boolean,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  const loaded = loadConfig(join(folder, 'app.yml'), env);
  const services = await createServices(loaded, {
    redact: (text) => text,
    warn: () => {},
    wait: () => Promise.resolve(),
    ...(hurried && { deadline: () => AbortSignal.timeout(aMoment) }),
  });
  try {
    return await work(services);
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
