import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { kubeconfigText } from '../../src/adapters/cluster/control-plane/kubeconfig.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { git, person } from '../support/git-repository.ts';
import { describeWith } from '../support/parts.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { type Served, serve, until } from '../support/served.ts';
import { temporaryFolder } from '../support/temporary.ts';

const path = 'platform/staging';

describeWith('control-plane', 'lockkeeper serve sees what happens in local repositories', () => {
  const plane = sharedControlPlane();
  const folder = temporaryFolder();
  const running: Served[] = [];
  let admin: ClusterClient;
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop('SIGKILL')));
    await admin.close();
  });

  /** An environment with one ConfigMap, deployed by a service that runs, and a person's clone. */
  async function deployed() {
    const { address } = await plane();
    admin = connectCluster(address, { throwAway: false });
    const [home, namespace] = [folder(), `t-${randomUUID().slice(0, 8)}`];
    const manifest = (value: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: ${namespace} }\ndata: { value: ${value} }\n`;
    const created = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    expect((await admin.ask({ method: 'POST', path: '/api/v1/namespaces', body: created })).status).toBe(201);
    const world = localScanWorld(home);
    writeFileSync(join(home, 'kubeconfig'), kubeconfigText(address));
    world.configure(`server: { port: 0 }
clusters: { shared: { kubeconfig: ./kubeconfig } }
environments: [{ name: ${namespace}, repository: "local:${path}", cluster: shared, deploy: service }]
validation: { apiserver: shared, checklist: {} }
`);
    await world.createRepository(path, { 'environment.yml': 'manifests: [manifests/]\n', 'manifests/a.yaml': manifest('one') });
    const clone = join(home, 'clone');
    await git(home, ['clone', '-q', world.directory(path), clone]);
    const start = async (): Promise<Served> => {
      const served = await serve(world.config);
      running.push(served);
      return served;
    };
    const value = async (): Promise<string> => {
      const { body } = await admin.ask({ method: 'GET', path: `/api/v1/namespaces/${namespace}/configmaps/a` });
      return (JSON.parse(body) as { readonly data?: { readonly value: string } }).data?.value ?? '';
    };
    const comes = (wanted: string) => until(async () => (await value()) === wanted || undefined);
    const commit = async (wanted: string): Promise<void> => {
      writeFileSync(join(clone, 'manifests/a.yaml'), manifest(wanted));
      await git(clone, ['-c', `user.name=${person.name}`, '-c', `user.email=${person.email}`, 'commit', '-q', '-a', '-m', wanted]);
    };
    /** A merge request for a commit with that value, on a branch of that name; gives its head. */
    const proposed = async (wanted: string): Promise<string> => {
      await git(clone, ['checkout', '-q', '-b', wanted]);
      await commit(wanted);
      await git(clone, ['push', '-q', 'origin', wanted]);
      await git(clone, ['checkout', '-q', 'main']);
      return (await world.forge.request(path, await world.openAsPerson(path, wanted, wanted))).commit;
    };
    const accepted = (head: string) => until(async () => (await world.forge.statuses(path, head)).find(({ state }) => state === 'success'));
    const served = await start();
    await until(() => runs(served) === 1 || undefined); // a run that goes on finds by itself that there is a newer commit
    return { ...world, clone, start, served, comes, commit, proposed, accepted };
  }

  const runs = (served: Served): number => served.log().filter(({ msg }) => msg === 'deployed').length;
  const seen = (served: Served): readonly (readonly string[])[] =>
    served.log().flatMap(({ msg, jobs }) => (msg === 'a change in a local repository was seen' ? [jobs as string[]] : []));
  const moved = [`deploy local:${path}`, `scan-environment local:${path}`];

  test('a push is deployed; a new merge request is judged, and deployed once it is merged; once each', async () => {
    const { clone, served, comes, commit, proposed, accepted, forge } = await deployed();
    await commit('two');
    await git(clone, ['push', '-q', 'origin', 'main']);
    await comes('two');
    expect(await until(() => seen(served)[0])).toEqual(moved);
    const head = await proposed('three');
    await accepted(head);
    await git(clone, ['merge', '-q', '--ff-only', 'three']);
    await git(clone, ['push', '-q', 'origin', 'main']);
    await comes('three');
    expect((await forge.request(path, 1)).state).toBe('merged');
    await until(() => runs(served) === 3 || undefined);
    expect(served.log().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  });

  test('what happened while it was down is found at its start', async () => {
    const { clone, served, start, comes, commit, proposed, accepted } = await deployed();
    expect(await served.stop()).toBe(0);
    const head = await proposed('three');
    await commit('two');
    await git(clone, ['push', '-q', 'origin', 'main']);
    const second = await start();
    await comes('two');
    await accepted(head);
    expect(await until(() => seen(second)[0])).toEqual([...moved, `validate local:${path}!1`, `access-review local:${path}!1`]);
  });
});
