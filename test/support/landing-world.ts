import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveGrant } from '../../src/access/cluster/give.ts';
import { liveGrants } from '../../src/access/cluster/live.ts';
import { takeGrant } from '../../src/access/cluster/take.ts';
import { type AccessBook, changeBook, readBook } from '../../src/access/grant/book.ts';
import { connectCluster } from '../../src/adapters/cluster/client.ts';
import type { ControlPlane } from '../../src/adapters/cluster/control-plane/start.ts';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { openPersistence } from '../../src/adapters/store/open.ts';
import type { Grant } from '../../src/domain/access.ts';
import type { Entry } from '../../src/domain/journal.ts';
import { startApiProxy } from './api-proxy.ts';
import { path, requestText } from './contracts/attack-scene.ts';
import { gitText } from './git-repository.ts';
import { localFixture } from './local-fixture.ts';
import type { Mortal } from './scan-process.ts';

const repository = `local:${path}`;
const support = import.meta.dirname;
const hour = 3_600_000;
/** Milliseconds by which everything is older then; longer than what is asked for. */
const aged = 3 * hour;

/** Every time that the text says. */
const older = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => new Date(Date.parse(at) - aged).toISOString());

/** What is known of grants, everywhere. */
export interface LandingSight {
  /** Ids of the bindings in the cluster, and of the timers. */
  readonly bindings: readonly string[];
  readonly timers: readonly string[];
  /** The file stands on the default branch. */
  readonly asks: boolean;
  /** Number of merge requests, whatever became of them. */
  readonly requests: number;
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
  /** What the cluster has at the beginning. */
  let given: Grant | undefined;

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
        const there = await live();
        return {
          bindings: there.flatMap(({ id: one, binding }) => (binding === undefined ? [] : [one])),
          timers: there.flatMap(({ id: one, timer }) => (timer === undefined ? [] : [one])),
          asks: existsSync(fixture.directory(path)) && (await gitText(fixture.directory(path), ['ls-tree', 'main', file])) !== '',
          requests: existsSync(fixture.requests(path)) ? await fixture.countMergeRequests(path) : 0,
          book,
          entries,
        };
      } finally {
        await persistence.close();
      }
    },
    /** Its hour has come: everything that the forge and we remember was hours earlier. */
    expire: async (): Promise<void> => {
      const persistence = await openPersistence(`file:${join(home, 'data')}`, () => {});
      await changeBook(persistence, repository, (book) => JSON.parse(older(JSON.stringify(book))) as AccessBook);
      await persistence.close();
      const folder = fixture.requests(path);
      for (const name of existsSync(folder) ? readdirSync(folder).filter((one) => one.endsWith('.json')) : [])
        writeFileSync(join(folder, name), older(readFileSync(join(folder, name), 'utf8')));
    },
    /** Nobody can read the forge's repositories any more. */
    loseForge: () => rmSync(join(home, 'repositories'), { recursive: true }),
    /** Store and journal are lost. */
    forget: () => rmSync(join(home, 'data'), { recursive: true, force: true }),
    /** As it was when it was made, or kept. */
    restore: async (): Promise<void> => {
      for (const one of await live()) await takeGrant(admin, one, none);
      for (const name of ['repositories', 'data']) rmSync(join(home, name), { recursive: true, force: true });
      cpSync(kept, home, { recursive: true });
      if (given === undefined) return;
      const now = new Date();
      const lasting = { ...given, until: new Date(now.getTime() + hour).toISOString() };
      expect(await giveGrant(admin, lasting, { usernamePrefix: '', groupsPrefix: '' }, now, none)).toEqual({ outcome: 'given' });
    },
    /** From here on this is the beginning, with that grant in the cluster. */
    keep: (grant: Grant): void => {
      rmSync(kept, { recursive: true });
      cpSync(home, kept, { recursive: true });
      given = grant;
    },
    dispose: async (): Promise<void> => {
      await proxy.close();
      await admin.close();
    },
  };
}

export type LandingWorld = Awaited<ReturnType<typeof landingWorld>>;
