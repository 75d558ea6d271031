import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { startRegistry } from '../src/demo/registry.ts';
import { git } from '../test/support/git-repository.ts';
import { startGitLab } from '../test/support/gitlab-server/gitlab-server.ts';
import { type Counts, countsOf } from './counts.ts';
import { peerRoutes } from './peer/gitlab-routes.ts';
import { createSource } from './sources.ts';
import { current, environmentFiles, environmentPath, later, newest, packages, releasedLater, tagsOf, type WorldSize } from './world.ts';

/** Where the stand-ins listen: the first message from this process. */
export interface Addresses {
  readonly gitlab: string;
  readonly token: string;
  /** `host:port` */
  readonly registry: string;
}

/** What this process may be asked, by message. */
export interface Answers {
  /** Since the last time. */
  readonly counts: Counts;
  /** `ENVIRONMENT PACKAGE:VERSION` of every open merge request, read from what its branch adds to the files. */
  readonly opened: readonly string[];
  /** Makes releases of some packages come out. */
  readonly release: null;
}

const [given = ''] = process.argv.slice(2);
const { delay, size } = JSON.parse(given) as { readonly delay: number; readonly size: WorldSize };
// Nothing is delayed while the world is made: that is not over HTTP.
const registry = await startRegistry({ delay, pageSize: 50_000 });
const gitlab = await startGitLab({ delayMs: delay, git: true, routes: peerRoutes });
const registryHost = new URL(registry.url).host;
const image = { labels: {}, created: '2026-03-02T12:00:00Z', platforms: ['linux/amd64', 'linux/arm64'] };

for (const [index, name] of packages.entries()) {
  const source = index < size.moving ? await createSource(gitlab, name) : undefined;
  for (const tag of tagsOf(index)) {
    const revision = tag === current ? source?.from : tag === newest ? source?.to : undefined;
    const known = { 'org.opencontainers.image.source': `${gitlab.url}/${name}`, 'org.opencontainers.image.revision': revision ?? '' };
    registry.publish(name, tag, revision === undefined ? image : { ...image, labels: known });
  }
}
for (let at = 0; at < size.environments; at += 1) await gitlab.createProject(environmentPath(at), environmentFiles(at, size, registryHost));

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

const answers: { readonly [Question in keyof Answers]: () => Answers[Question] | Promise<Answers[Question]> } = {
  counts: () => {
    const counts = countsOf(gitlab.requests.splice(0), registry.requests, Math.max(0, ...answering.values()) / 1000);
    registry.requests.clear();
    answering.clear();
    return counts;
  },
  opened: async () => (await Promise.all(Array.from({ length: size.environments }, (_, at) => openedIn(environmentPath(at))))).flat(),
  release: () => {
    for (const name of releasedLater) registry.publish(name, later, image);
    return null;
  },
};

const reply = async (question: keyof Answers): Promise<unknown> => process.send?.({ answer: await answers[question]() });
process.on('message', (question: keyof Answers) => void reply(question));
process.on('disconnect', () => void Promise.all([gitlab.close(), registry.close()]));
process.send?.({ gitlab: gitlab.url, token: gitlab.token, registry: registryHost } satisfies Addresses);

async function openedIn(path: string): Promise<string[]> {
  const { requests, directory } = gitlab.project(path);
  const added: string[] = [];
  for (const { state, targetBranch, sourceBranch } of requests) {
    if (state !== 'opened') continue;
    const diff = await git(directory, ['diff', '--unified=0', `refs/heads/${targetBranch}...refs/heads/${sourceBranch}`]);
    const lines = diff.toString().matchAll(/^\+(?!\+\+ ).*/gm);
    added.push([...lines].map(([line]) => /image: \S+?\/(\S+)/.exec(line)?.[1] ?? line).join(', '));
  }
  return added.map((what) => `${path} ${what}`);
}
