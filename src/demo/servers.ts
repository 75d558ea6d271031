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

/** Starts on the ports that the folder remembers, or else on free ones. `pages` is only looked at: somebody else serves there. */
export async function startServers(directory: string, found: Marker | undefined, pages: number | undefined): Promise<DemoServers> {
  const start = found?.whole === true ? onExactly(directory) : onAnyBut;
  const { ports } = found ?? { ports: usual };
  const opened: Loopback[] = [];
  const close = async () => void (await Promise.all(opened.map((server) => server.close())));
  try {
    const registry = await start(startRegistry, ports.registry);
    opened.push(registry);
    const bundles = await start(startBundleRepository, ports.bundles);
    opened.push(bundles);
    const known = found?.whole === true ? ports.pages : (pages ?? (await freePort(ports.pages)));
    return { ports: { pages: known, registry: registry.port, bundles: bundles.port }, registry, bundles, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Start<T extends Loopback> = (options: LoopbackOptions) => Promise<T>;

const onExactly =
  (directory: string) =>
  async <T extends Loopback>(start: Start<T>, port: number): Promise<T> => {
    try {
      return await start({ port });
    } catch (cause) {
      throw new UsageError(
        `the demo in ${directory} needs port ${port} again, which its manifests name: end what listens there (another demo?), or make a new one with --dir`,
        { cause },
      );
    }
  };

async function onAnyBut<T extends Loopback>(start: Start<T>, port: number): Promise<T> {
  return start({ port }).catch(() => start({ port: 0 }));
}

async function freePort(wanted: number): Promise<number> {
  const probe = await onAnyBut((options) => serveLoopback(() => ({ status: 404 }), options), wanted);
  await probe.close();
  return probe.port;
}
