import { UsageError } from '../domain/errors.ts';
import { type BundleRepository, startBundleRepository } from './bundle-repository.ts';
import { type Loopback, type LoopbackOptions, serveLoopback } from './loopback.ts';
import type { Marker } from './marker.ts';
import type { Ports } from './places.ts';
import { type Registry, startRegistry } from './registry.ts';

export interface DemoServers {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly bundles: BundleRepository;
  close(): Promise<void>;
}

/** Tried first in a new folder, so that the demo looks the same on every machine that has them free. */
const usual: Ports = { pages: 3000, registry: 5480, bundles: 5481 };

/** Starts on the ports that the folder remembers, or else on free ones. `pages` is only looked at, so that nothing is made for a port that is taken. */
export async function startServers(directory: string, found: Marker | undefined, pages: number | undefined): Promise<DemoServers> {
  const remembered = found?.whole === true;
  const start = remembered ? onExactly((port) => neededAgain(directory, port)) : onAnyBut(pages);
  const startPages = remembered || pages === undefined ? start : onExactly(asked);
  const { ports } = found ?? { ports: usual };
  const opened: Loopback[] = [];
  const close = async () => void (await Promise.all(opened.map((server) => server.close())));
  try {
    const registry = await start(startRegistry, ports.registry);
    opened.push(registry);
    const bundles = await start(startBundleRepository, ports.bundles);
    opened.push(bundles);
    const known = await freePort(startPages, pages ?? ports.pages);
    return { ports: { pages: known, registry: registry.port, bundles: bundles.port }, registry, bundles, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Start<T extends Loopback> = (options: LoopbackOptions) => Promise<T>;
type StartOn = <T extends Loopback>(start: Start<T>, port: number) => Promise<T>;

const neededAgain = (directory: string, port: number): string =>
  `the demo in ${directory} needs port ${port} again, which its manifests and links name: end what listens there (another demo?), or make a new one with --dir`;

const asked = (port: number): string => `--port ${port}: end what listens there, or name another`;

const onExactly =
  (complaint: (port: number) => string): StartOn =>
  async (start, port) => {
    try {
      return await start({ port });
    } catch (cause) {
      throw new UsageError(complaint(port), { cause });
    }
  };

/** The one that is wanted where it can be had, else any other. */
const onAnyBut =
  (reserved: number | undefined): StartOn =>
  (start, port) =>
    start({ port: port === reserved ? 0 : port }).catch(() => start({ port: 0 }));

async function freePort(start: StartOn, wanted: number): Promise<number> {
  const probe = await start((options) => serveLoopback(() => ({ status: 404 }), options), wanted);
  await probe.close();
  return probe.port;
}
