import { writeFileSync } from 'node:fs';
import { connectCluster } from '../../src/adapters/cluster/client.ts';
import { readKubeconfig } from '../../src/adapters/cluster/kubeconfig.ts';
import { readFolder } from '../../src/adapters/folder.ts';
import { deployEnvironment } from '../../src/deploy/deploy.ts';
import type { ApiServer } from '../../src/domain/cluster.ts';
import { isManifest } from '../../src/manifests/archive-entries.ts';
import { BundleMemory, createBundles } from '../../src/manifests/bundles.ts';
import { readDesiredState } from '../../src/manifests/desired-state.ts';
import type { Sent } from './requests.ts';

/** What this process is asked for: a deployment of the folder. */
export interface Asked {
  readonly folder: string;
  /** Where the requests of the run are written to, as JSON; it costs time, which then is not measured. */
  readonly requests?: string;
}

export interface Answered {
  /** Reading included. */
  readonly seconds: number;
}

/** A process that stands, as the service does: deploys each time it is asked, until its parent goes. */
const [kubeconfig = ''] = process.argv.slice(2);
const server = connectCluster(await readKubeconfig({ kubeconfig }), { throwAway: false });
const bundles = createBundles(() => Promise.resolve(undefined), new BundleMemory());
process.on('message', (asked: Asked) => void answer(asked));
process.on('disconnect', () => void server.close());

async function answer({ folder, requests }: Asked): Promise<void> {
  const sent: Sent[] = [];
  const began = performance.now();
  await deploy(requests === undefined ? server : recording(sent), folder);
  const seconds = (performance.now() - began) / 1000;
  if (requests !== undefined) writeFileSync(requests, JSON.stringify(sent));
  process.send?.({ seconds } satisfies Answered);
}

async function deploy(to: ApiServer, folder: string): Promise<void> {
  const state = await readDesiredState(readFolder(folder, isManifest), bundles);
  const nothing = (): void => undefined;
  const report = await deployEnvironment(
    {
      server: to,
      now: () => new Date(),
      warn: nothing,
      progress: { phase: nothing, done: nothing },
      record: { begin: () => Promise.resolve(), prune: () => Promise.resolve() },
      holder: 'the bench',
    },
    { environment: 'bench', formerly: [], state, share: 0.5, timeoutMs: 60_000, wait: false, patienceMs: 60_000, takeOver: false },
    new AbortController().signal,
  );
  if (report.outcome !== 'succeeded') throw new Error(JSON.stringify(report.failures.slice(0, 3)));
}

function recording(sent: Sent[]): ApiServer {
  const { host, throwAway } = server;
  return {
    host,
    throwAway,
    kinds: (signal) => server.kinds(signal),
    discover: (signal) => server.discover(signal),
    ask: (of, signal) => {
      const { method, path, body, type, accept } = of;
      const text = typeof body === 'string' || body === undefined ? body : Buffer.from(body).toString();
      sent.push({
        method,
        path,
        ...(text !== undefined && { body: text }),
        ...(type !== undefined && { type }),
        ...(accept !== undefined && { accept }),
      });
      return server.ask(of, signal);
    },
  };
}
