import { connectCluster } from '../../../src/adapters/cluster/client.ts';
import { startControlPlane } from '../../../src/adapters/cluster/control-plane/start.ts';
import type { ApiServer } from '../../../src/domain/cluster.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { judge } from '../../../src/validation/verdict/judge.ts';
import { controlPlaneBinaries } from '../../support/control-plane.ts';
import { describeWith } from '../../support/parts.ts';
import { validationCorpus } from '../../support/validation-corpus.ts';

const settings = { missingDefinitions: 'error', definitions: [] } as const;
const accepted = validationCorpus().filter(({ name }) => /^accepted\/(?:deployment|list|multi|namespace)/.test(name));
const objects = accepted.flatMap((of) => of.objects);

/** Kills the process at the request of that number. */
function killingAt(server: ApiServer, pid: number, request: number): ApiServer {
  let asked = 0;
  const ask: ApiServer['ask'] = (of, signal) => {
    asked += 1;
    if (asked === request) process.kill(pid, 'SIGKILL');
    return server.ask(of, signal);
  };
  return {
    host: server.host,
    throwAway: true,
    kinds: (signal) => server.kinds(signal),
    discover: (signal) => server.discover(signal),
    ask,
  };
}

describeWith('control-plane', 'a server that dies while it judges', () => {
  test.each([
    ['apiserver', 1],
    ['apiserver', 5],
    ['etcd', 4],
  ] as const)('%s killed at request %i: something outside failed, and nothing passes', async (part, request) => {
    const plane = await startControlPlane(await controlPlaneBinaries());
    const client = connectCluster(plane.address, { throwAway: true, wait: () => Promise.resolve() });
    try {
      expect(await judge({ objects }, client, settings, new AbortController().signal)).toEqual([]);
      const dying = killingAt(client, plane.pids[part], request);
      const error: unknown = await judge({ objects }, dying, settings, new AbortController().signal).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OutsideError);
      expect(String(error)).toContain(client.host);
    } finally {
      await client.close();
      await plane.stop();
    }
  });
});
