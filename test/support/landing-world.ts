import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { liveGrants } from '../../src/access/cluster/live.ts';
import { takeGrant } from '../../src/access/cluster/take.ts';
import { type AccessBook, changeBook, readBook } from '../../src/access/grant/book.ts';
import { connectCluster } from '../../src/adapters/cluster/client.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { openPersistence } from '../../src/adapters/store/open.ts';
import type { GrantRecord } from '../../src/domain/access.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { startApiProxy } from './api-proxy.ts';
import { path, requestText } from './contracts/attack-scene.ts';
import { localFixture } from './local-fixture.ts';
import type { Mortal } from './scan-process.ts';

const repository = `local:${path}`;
const support = import.meta.dirname;

/** What is known of grants, everywhere. */
export interface LandingSight {
  /** Ids of the bindings in the cluster. */
  readonly bindings: readonly string[];
  readonly book: AccessBook;
  readonly entries: readonly Entry[];
}

/**
 * An environment in the local forge whose access request was approved and merged just now, a store in which nothing is known of that, and a namespace of
 * a real cluster, behind a proxy. Passes are processes of their own.
 */
export async function landingWorld(folder: string, plane: ControlPlane) {
  const namespace = `landing-${randomUUID().slice(0, 8)}`;
  const [home, kept] = [join(folder, namespace), join(folder, `${namespace}-kept`)];
  mkdirSync(home);
  const proxy = await startApiProxy(plane.address);
  const admin = connectCluster(plane.address, { throwAway: false });
  await admin.ask({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: namespace } }) });
  proxy.kubeconfig(join(home, 'kubeconfig'));
  writeFileSync(
    join(home, 'app.yml'),
    `forges: { local: { type: local, path: ./repositories } }
store: { url: "file:./data" }
clusters: { production: { kubeconfig: ./kubeconfig } }
environments: [{ name: production, repository: "${repository}", cluster: production }]
access: { approvers: [grace], guards: optional }
`,
  );
  const forge = createLocal({ name: 'local', path: join(home, 'repositories') });
  const fixture = localFixture(join(home, 'repositories'), forge);
  await fixture.createRepository(path, { 'README.md': 'production\n' });
  const file = `access/${namespace}/ada.yml`;
  await fixture.pushBy(path, 'ada', 'ask', { [file]: requestText() });
  const id = await fixture.openBy(path, 'ada', 'ask');
  await forge.approve(path, id, 'grace', (await forge.gatedRequest(path, id)).commit);
  await fixture.mergeBy(path, 'grace', id, 'merge commit');
  await forge.gatedRequest(path, id); // it is noticed now
  cpSync(home, kept, { recursive: true });

  const none = new AbortController().signal;
  const live = async () => (await liveGrants(admin, none)).filter((one) => one.namespace === namespace);
  return {
    namespace,
    file,
    fixture,
    proxy,
    /** One pass. */
    start: ({ step, how, count }: Mortal = {}): ChildProcess => {
      const told = {
        ...(step !== undefined && { MORTAL_STEP: String(step) }),
        ...(how !== undefined && { MORTAL_HOW: how }),
        ...(count !== undefined && { MORTAL_COUNT: count }),
      };
      const argv = ['--import', join(support, 'mortal.ts'), join(support, 'landing-program.ts'), join(home, 'app.yml'), repository];
      return spawn(process.execPath, argv, { env: { PATH: process.env['PATH'], ...told }, stdio: ['ignore', 'ignore', 'inherit'] });
    },
    sight: async (): Promise<LandingSight> => {
      const persistence = await openPersistence(`file:${join(home, 'data')}`, () => {});
      try {
        const entries: Entry[] = [];
        for await (const entry of persistence.journal().entries()) entries.push(entry);
        const book = await readBook(persistence.store, repository);
        return { bindings: (await live()).flatMap(({ id: one, binding }) => (binding === undefined ? [] : [one])), book, entries };
      } finally {
        await persistence.close();
      }
    },
    /** Its hour has come, as far as is remembered. */
    expire: async (): Promise<void> => {
      const persistence = await openPersistence(`file:${join(home, 'data')}`, () => {});
      const over = (one: GrantRecord): GrantRecord => ({ ...one, grant: { ...one.grant, until: one.grant.from } });
      await changeBook(persistence, repository, (book) => ({ ...book, grants: book.grants.map(over) }));
      await persistence.close();
    },
    /** Nobody can read the forge's repositories any more. */
    loseForge: () => rmSync(join(home, 'repositories'), { recursive: true }),
    /** Store and journal are lost. */
    forget: () => rmSync(join(home, 'data'), { recursive: true, force: true }),
    /** As it was when it was made. */
    restore: async (): Promise<void> => {
      for (const one of await live()) await takeGrant(admin, one, none);
      for (const name of ['repositories', 'data']) rmSync(join(home, name), { recursive: true, force: true });
      cpSync(kept, home, { recursive: true });
    },
    dispose: async (): Promise<void> => {
      await proxy.close();
      await admin.close();
    },
  };
}

export type LandingWorld = Awaited<ReturnType<typeof landingWorld>>;
