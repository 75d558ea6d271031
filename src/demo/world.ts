import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../adapters/make-folder.ts';
import { UsageError } from '../domain/errors.ts';
import { apps, thirdParty } from './apps/all.ts';
import type { BundleRepository } from './bundle-repository.ts';
import { type BundleFiles, bundlesOf, packBundle } from './bundles.ts';
import { configuration } from './configuration.ts';
import { environmentHistory, environments, slipRequest } from './environments.ts';
import { createRepository, tagsOf } from './git.ts';
import { historyOf, seconds } from './history.ts';
import { foreignImages, imagesOf } from './images.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';
import { bundleStore, type Ports } from './places.ts';
import type { Registry } from './registry.ts';
import { startServers } from './servers.ts';

/** Two environments, the repositories of five apps, a registry and a bundle repository: all that a scan needs, on this machine. */
export interface World {
  /** Absolute. */
  readonly directory: string;
  /** Path of the app.yml that describes it. */
  readonly configFile: string;
  readonly ports: Ports;
  /** False when it was there already, as an earlier run left it. */
  readonly made: boolean;
  readonly registry: Registry;
  readonly bundles: BundleRepository;
  close(): Promise<void>;
}

/** What is made; the marker is written before them and says when they are whole. */
const made = ['repositories', 'bundles', 'app.yml'] as const;
/** What is thrown away with a world that is not whole. */
const leftOvers = ['data', 'clusters', ...made] as const;
const makingPrefix = '.making-';

/**
 * Makes the world in a folder, or takes the one that is there, and starts its servers on the ports that it had.
 * `port` is where the pages will be served. Dying at any moment and starting again ends in the same world.
 * Throws UsageError when the folder holds something else, or a port that the world remembers is taken.
 */
export async function makeWorld(folder: string, options: { readonly port?: number } = {}): Promise<World> {
  const directory = resolve(folder);
  const found = await readMarker(directory);
  refuseOtherPort(directory, found, options.port);
  const servers = await startServers(directory, found, options.port);
  try {
    if (found?.whole !== true) await build(directory, servers.ports).catch((error: unknown) => refuseUnwritable(directory, error));
    await publish(directory, servers);
  } catch (error) {
    await servers.close();
    throw error;
  }
  return { directory, configFile: join(directory, 'app.yml'), made: found?.whole !== true, ...servers };
}

function refuseOtherPort(directory: string, found: Marker | undefined, port: number | undefined): void {
  if (found?.whole !== true || port === undefined || port === found.ports.pages) return;
  throw new UsageError(
    `the demo in ${directory} was made for port ${found.ports.pages}, which its images and links name: leave --port out, or make another with --dir`,
  );
}

/** What the file system says no to (no permission, a full disk, a file where a folder should be) is for a person to change. */
function refuseUnwritable(directory: string, error: unknown): never {
  if (Error.isError(error) && 'syscall' in error)
    throw new UsageError(`${directory} cannot be written, give --dir another`, { cause: error });
  throw error;
}

async function build(directory: string, ports: Ports): Promise<void> {
  await writeMarker(directory, { ports, whole: false });
  for (const name of leftOvers) await rm(join(directory, name), { recursive: true, force: true });
  await sweep(directory);
  // A new name each time: the git of a run that was killed may still be writing to the old one.
  const making = await mkdtemp(join(directory, makingPrefix));
  const bundleSha256 = await buildBundles(join(making, 'bundles'), ports);
  await Promise.all([
    ...apps.map((app) => createRepository(repositoryPath(making, `apps/${app.name}`), historyOf(app))),
    ...environments.map((of) =>
      createRepository(repositoryPath(making, `platform/environments/${of.name}`), environmentHistory(of, ports, bundleSha256)),
    ),
  ]);
  for (const { name, slip } of environments) {
    if (slip === undefined) continue;
    const folder = join(making, 'repositories', `platform/environments/${name}.lockkeeper/merge-requests`);
    makeFolder(folder);
    await writeFile(join(folder, '1.json'), slipRequest(slip));
  }
  await writeFile(join(making, 'app.yml'), configuration(ports, false));
  for (const name of made) await rename(join(making, name), join(directory, name));
  await writeMarker(directory, { ports, whole: true });
  await sweep(directory);
}

/** What is still being written to is left to the next one. */
async function sweep(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(makingPrefix));
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true }).catch(() => undefined)));
}

/** Gives path → sha256. */
async function buildBundles(folder: string, ports: Ports): Promise<ReadonlyMap<string, string>> {
  const sums = new Map<string, string>();
  for (const bundle of apps.flatMap((app) => bundlesOf(app, ports))) {
    const body = await packBundle(bundle);
    const file = join(folder, bundle.path);
    makeFolder(dirname(file));
    await writeFile(file, body);
    sums.set(bundle.path, createHash('sha256').update(body).digest('hex'));
  }
  return sums;
}

/** Fills the servers with what the folder holds. */
async function publish(directory: string, servers: { ports: Ports; registry: Registry; bundles: BundleRepository }): Promise<void> {
  const { ports, registry, bundles } = servers;
  for (const app of apps) {
    const revisions = await tagsOf(repositoryPath(directory, `apps/${app.name}`));
    for (const { repository, tag, image } of imagesOf(app, revisions, ports)) registry.publish(repository, tag, image);
    for (const bundle of bundlesOf(app, ports)) bundles.publish(bundleStore, await storedBundle(directory, bundle));
  }
  for (const { repository, tag, image } of foreignImages(thirdParty)) registry.publish(repository, tag, image);
}

async function storedBundle(directory: string, { path, date }: BundleFiles) {
  const file = join(directory, 'bundles', path);
  try {
    return { path, body: await readFile(file), modified: new Date(seconds(date) * 1000).toISOString() };
  } catch (cause) {
    throw new UsageError(`the demo in ${directory} is damaged, ${file} cannot be read: delete the folder, or make another with --dir`, {
      cause,
    });
  }
}

const repositoryPath = (directory: string, path: string): string => join(directory, 'repositories', `${path}.git`);
