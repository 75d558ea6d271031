import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { startRegistry } from '../src/demo/registry.ts';
import { startGitLab } from '../test/support/gitlab-server/gitlab-server.ts';
import { createSource } from './sources.ts';
import { current, environmentCount, environmentFiles, environmentPath, newest, packages, tagsOf } from './world.ts';

/** Where the stand-ins listen: the first message from this process. */
export interface Addresses {
  readonly gitlab: string;
  readonly token: string;
  /** `host:port` */
  readonly registry: string;
}

/** Requests since the last time, by kind and in detail: the answer to any message to this process. */
export interface Counts {
  readonly forgeReads: number;
  readonly forgeWrites: number;
  readonly registry: number;
  /** Seconds that the busier of the two was answering, all its answers together: the delays, and what the stand-in itself needed. */
  readonly answering: number;
  /** `GET repository/branches` → how often. */
  readonly detail: Readonly<Record<string, number>>;
}

const [delay = 0, moving = 10] = process.argv.slice(2).map(Number);
// Nothing is delayed while the world is made: that is not over HTTP.
const registry = await startRegistry({ delay, pageSize: 50_000 });
const gitlab = await startGitLab({ delayMs: delay });
const registryHost = new URL(registry.url).host;

for (const [index, name] of packages.entries()) {
  const source = index < moving ? await createSource(gitlab, name) : undefined;
  for (const tag of tagsOf(index)) {
    const revision = tag === current ? source?.from : tag === newest ? source?.to : undefined;
    const known = { 'org.opencontainers.image.source': `${gitlab.url}/${name}`, 'org.opencontainers.image.revision': revision ?? '' };
    const labels = revision === undefined ? {} : known;
    registry.publish(name, tag, { labels, created: '2026-03-02T12:00:00Z', platforms: ['linux/amd64', 'linux/arm64'] });
  }
}
for (let at = 0; at < environmentCount; at += 1)
  await gitlab.createProject(environmentPath(at), environmentFiles(at, moving, registryHost));

/** Milliseconds by port. https://nodejs.org/api/diagnostics_channel.html#http */
const answering = new Map<number | undefined, number>();
const begun = new WeakMap<object, number>();
subscribe('http.server.request.start', (event) => {
  begun.set((event as { request: IncomingMessage }).request, performance.now());
});
subscribe('http.server.response.finish', (event) => {
  const { request } = event as { request: IncomingMessage };
  const port = request.socket.localPort;
  answering.set(port, (answering.get(port) ?? 0) + performance.now() - (begun.get(request) ?? performance.now()));
});

process.on('message', () => process.send?.(takeCounts()));
process.on('disconnect', () => void Promise.all([gitlab.close(), registry.close()]));
process.send?.({ gitlab: gitlab.url, token: gitlab.token, registry: registryHost } satisfies Addresses);

function takeCounts(): Counts {
  const forge = gitlab.requests.splice(0);
  const detail = new Map<string, number>();
  const add = (kind: string, times: number) => detail.set(kind, (detail.get(kind) ?? 0) + times);
  for (const { method, path } of forge) add(`${method} ${kindOfForge(path)}`, 1);
  const asked = [...registry.requests];
  registry.requests.clear();
  for (const [request, times] of asked) add(request.replace(/\/v2\/.*\/(tags|manifests|blobs)\/.*/, 'registry $1'), times);
  const busier = Math.max(0, ...answering.values()) / 1000;
  answering.clear();
  const reads = forge.filter(({ method }) => method === 'GET').length;
  return {
    forgeReads: reads,
    forgeWrites: forge.length - reads,
    answering: busier,
    registry: asked.reduce((sum, [, times]) => sum + times, 0),
    detail: Object.fromEntries([...detail].sort(([, one], [, other]) => other - one)),
  };
}

/** Decoded paths hold projects' slashes: what follows the project tells the kind. */
function kindOfForge(path: string): string {
  if (path.startsWith('/groups/')) return `group ${path.slice(path.lastIndexOf('/') + 1)}`;
  return /\/(?:repository\/[a-z]+|merge_requests|releases)(?![-\w])/.exec(path)?.[0].slice(1) ?? path.split('/')[1] ?? path;
}
