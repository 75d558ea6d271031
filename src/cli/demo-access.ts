import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocal, type Local } from '../adapters/forges/local/local.ts';
import { requireGit } from '../adapters/git.ts';
import { accessFile, approving, asking, perform, using } from '../demo/access/steps.ts';
import { type AccessWorld, makeAccessWorld, requireAccessFolder } from '../demo/access/world.ts';
import { type DemoCluster, startDemoCluster } from '../demo/clusters/cluster.ts';
import { OutsideError } from '../domain/errors.ts';
import { expiresAnnotation, grantLabel } from '../domain/ownership.ts';
import { startService } from '../serve/service.ts';
import { type Context, withConfig } from './context.ts';
import type { ExitCode } from './io.ts';
import { withProgress } from './work.ts';

export interface AccessDemoCommand {
  readonly dir: string;
  /** Of the pages; without it, any free one. */
  readonly port?: number;
}

/**
 * `lockkeeper demo access`: asking for access, approving, using and ending it, each step a command that is printed and run. Goes on serving until
 * what `untilStopped` gives resolves. Without an API server on this machine nothing is granted, and it says how to get one. Throws UsageError, OutsideError.
 */
export async function runAccessDemo(
  { dir, port }: AccessDemoCommand,
  context: Context,
  untilStopped: () => Promise<void>,
): Promise<ExitCode> {
  await requireGit();
  await requireAccessFolder(dir);
  const cluster = await withProgress(context, 'starting a cluster', () => startDemoCluster(context.env, ['billing']));
  try {
    const world = await makeAccessWorld(dir, cluster, port);
    const { loadConfig, log, redact, env, output } = withConfig(context, world.configFile);
    const service = await startService(loadConfig(), { log: log.child({}, { level: 'error' }), redact, env });
    try {
      await new Walk(world, cluster, service.url, (text) => output.print(text)).go();
      const stopped = untilStopped(); // before anybody reads that it waits for it
      output.print(goOn(world, service.url));
      await stopped;
    } finally {
      await service.stop();
    }
  } finally {
    await cluster?.close();
  }
  return 0;
}

const path = 'sandbox';
/** Milliseconds. */
const pause = 200;
const soon = 60_000;
const grantAndEnd = 150_000;

/** The story, told as it happens. */
class Walk {
  readonly #world: AccessWorld;
  readonly #cluster: DemoCluster | undefined;
  readonly #page: string;
  readonly #print: (text: string) => void;
  readonly #forge: Local;
  readonly #began = performance.now();

  constructor(world: AccessWorld, cluster: DemoCluster | undefined, url: string, print: (text: string) => void) {
    this.#world = world;
    this.#cluster = cluster;
    this.#page = `${url}/${path}/merge_requests/1`;
    this.#print = print;
    this.#forge = createLocal({ name: 'local', path: join(world.directory, 'repositories') });
  }

  async go(): Promise<void> {
    this.#print(`An environment in ${this.#world.directory}, a namespace billing, and nobody who may change anything there.\n`);
    await this.#uses('Ada tries to write');
    await this.#step('Ada asks for a minute of admin: a branch with one file, and a merge request', asking);
    const { description } = await this.#until('Lockkeeper looks at it', async () =>
      (await this.#statuses()).find(({ name }) => name === 'lockkeeper/access'),
    );
    this.#say(`Lockkeeper says what is missing: ${description}`, this.#page);
    await this.#step('Grace, who may approve, approves it as it is now', approving);
    if (this.#cluster === undefined) await this.#opened();
    else await this.#granted(this.#cluster);
  }

  async #opened(): Promise<void> {
    const isOpen = async () => (await this.#statuses()).some(({ name, state }) => name === 'lockkeeper/access' && state === 'success');
    await this.#until('the gate opens', async () => (await isOpen()) || undefined);
    this.#say('Nothing is missing any more: with a cluster, Lockkeeper would merge it now');
    this.#print(noCluster);
  }

  async #granted({ controllers }: DemoCluster): Promise<void> {
    await this.#until('Lockkeeper merges it', async () => (await this.#forge.gatedRequest(path, 1)).merged);
    this.#say('Lockkeeper has merged it');
    const until = await this.#until('the access is in the cluster', () => this.#expiry());
    this.#say(`Ada is admin of billing until ${until.slice(11, 19)} UTC, by a RoleBinding that a timer owns`);
    await this.#uses('Ada writes');
    await this.#until('the access ends', async () => (await this.#expiry()) === undefined || undefined, grantAndEnd);
    this.#say(`It is over: the RoleBinding is gone at ${new Date().toISOString().slice(11, 19)} UTC${controllers ? '' : alone}`);
    await this.#uses('Ada tries again');
    await this.#until('the file goes', async () => ((await this.#files()).length === 0 ? true : undefined));
    this.#say(`${accessFile} is removed by a merge request of Lockkeeper's own`);
  }

  async #uses(what: string): Promise<void> {
    if (this.#cluster === undefined) return;
    const said = await this.#step(what, using(this.#cluster.address.url));
    this.#print(`        ${said}${said === '403' ? ': Kubernetes says no' : ''}`);
  }

  async #step(what: string, commands: string): Promise<string> {
    this.#say(what);
    this.#print(commands.replaceAll(/^/gm, '        '));
    return perform(commands, this.#world.directory);
  }

  #say(what: string, ...more: readonly string[]): void {
    const seconds = Math.round((performance.now() - this.#began) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    this.#print([`${time}  ${what}`, ...more.map((line) => `        ${line}`)].join('\n'));
  }

  async #until<T>(what: string, look: () => Promise<T | undefined>, patience = soon): Promise<T> {
    for (const giveUp = performance.now() + patience; ; await sleep(pause)) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > giveUp)
        throw new OutsideError(this.#world.directory, `${what}: that did not happen within ${patience / 1000} s; ${this.#page} says more`);
    }
  }

  async #statuses() {
    const { commit } = await this.#forge.gatedRequest(path, 1);
    return this.#forge.statuses(path, commit);
  }

  async #files() {
    return this.#forge.entries(path, (await this.#forge.state(path)).commit, 'access');
  }

  /** When the access in the cluster ends; undefined where there is none. */
  async #expiry(): Promise<string | undefined> {
    const where = `/apis/rbac.authorization.k8s.io/v1/namespaces/billing/rolebindings?labelSelector=${encodeURIComponent(grantLabel)}`;
    const reply = await this.#cluster?.admin.ask({ method: 'GET', path: where });
    const { items = [] } = JSON.parse(reply?.body ?? '{}') as {
      readonly items?: readonly { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } }[];
    };
    return items[0]?.metadata.annotations?.[expiresAnnotation];
  }
}

const alone = ' (by Lockkeeper alone: with a kube-controller-manager on the PATH, Kubernetes would have ended it by itself)';

const noCluster = `
Nothing is granted: there is no API server here. "npx lockkeeper apiserver setup" obtains one; then run this again. With a
kube-controller-manager of the same version on the PATH, Kubernetes itself ends the access, whether Lockkeeper runs or not.`;

const goOn = ({ configFile }: AccessWorld, url: string): string => `
Serving ${url} until you press Ctrl-C. Meanwhile, in another terminal:

  npx lockkeeper journal list --config ${configFile}
  npx lockkeeper access list --config ${configFile}`;
