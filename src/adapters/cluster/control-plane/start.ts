import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { ClusterAddress } from '../../../domain/cluster.ts';
import { explain, OutsideError } from '../../../domain/errors.ts';
import { apiserverArguments, etcdArguments } from './arguments.ts';
import type { Binaries } from './binaries.ts';
import { type Home, makeHome, sweepHomes } from './home.ts';
import { keyFiles, writeKeys } from './keys.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { type Expected, untilReady } from './readiness.ts';
import { type ServerProcess, startProcess } from './server-process.ts';
import { startWatchdog } from './watchdog.ts';

/** etcd and kube-apiserver, ready, on loopback. Nothing of them outlives this process. */
export interface ControlPlane {
  readonly address: ClusterAddress;
  /** Of Kubernetes: `1.36.3`. */
  readonly version: string;
  /** Path of a kubeconfig that only this user may read. */
  readonly kubeconfig: string;
  readonly pids: { readonly etcd: number; readonly apiserver: number };
  /** Why it is no longer there, once it is not; undefined when it was stopped. */
  readonly exited: Promise<OutsideError | undefined>;
  /** Ends both at once and removes all they wrote. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** Each line that the servers write, and what was swept. */
  readonly log?: (line: string) => void;
  /** For tests: the port that is tried first. */
  readonly port?: number;
}

const scope = 'the minimal API server';

/** Ports may be taken between being found free and being used. */
const attempts = 5;

/** Milliseconds; only against hanging for ever. */
const timeLimit = 180_000;

/** Starts them in a folder of their own, having removed what dead ones left. Throws OutsideError, with the last lines of the log, when they do not start. */
export async function startControlPlane(binaries: Binaries, options: StartOptions = {}): Promise<ControlPlane> {
  options.signal?.throwIfAborted();
  for (const folder of await sweepHomes()) options.log?.(`removed ${folder}, which a killed process had left`);
  for (let attempt = 1; ; attempt += 1) {
    const port = attempt === 1 && options.port !== undefined ? options.port : await freePort();
    const started = await startOnce(binaries, port, options);
    if (started !== 'port taken') return started;
    if (attempt === attempts)
      throw new OutsideError(scope, `${scope}: ${attempts} ports of 127.0.0.1 were taken, one after the other, by other programs`);
  }
}

async function startOnce(binaries: Binaries, port: number, options: StartOptions): Promise<ControlPlane | 'port taken'> {
  const home = await makeHome();
  const running = new Running(home);
  try {
    const expected = await running.start(binaries, port, options.log ?? (() => {}));
    const died = new AbortController();
    void running.first.then((why) => died.abort(why));
    const timeout = AbortSignal.timeout(timeLimit);
    const signal = AbortSignal.any([died.signal, timeout, ...(options.signal === undefined ? [] : [options.signal])]);
    const ca = await untilReady(expected, signal).catch((cause: unknown) => {
      if (options.signal?.aborted) throw options.signal.reason;
      if (died.signal.aborted) throw died.signal.reason;
      throw running.failure(timeout.aborted ? `was not ready within ${timeLimit / 1000} s` : explain(cause));
    });
    return await running.plane({ url: expected.url, ca, token: expected.token }, binaries.version);
  } catch (error) {
    await running.stop();
    if (running.portTaken()) return 'port taken';
    if (error instanceof OutsideError || options.signal?.aborted) throw error;
    throw new OutsideError(scope, `${scope} could not be started: ${explain(error)}`, { cause: error });
  }
}

/** The processes of one start. */
class Running {
  readonly #home: Home;
  #etcd: ServerProcess | undefined;
  #apiserver: ServerProcess | undefined;
  #callOff: () => void = () => {};
  #stopping: Promise<void> | undefined;
  /** The first of them that ended, as an error; undefined when they were stopped. */
  first: Promise<OutsideError | undefined> = Promise.resolve(undefined);

  constructor(home: Home) {
    this.#home = home;
  }

  /** Both at once: the API server needs longer to get to its store than that needs to be there. */
  async start(binaries: Binaries, port: number, log: (line: string) => void): Promise<Expected> {
    const { folder } = this.#home;
    this.#etcd = startProcess({ name: 'etcd', file: binaries.etcd, args: etcdArguments(folder), folder, log });
    const token = await writeKeys(folder);
    this.#apiserver = startProcess({
      name: 'kube-apiserver',
      file: binaries.apiserver,
      args: apiserverArguments(folder, port),
      folder,
      log,
    });
    const both = [this.#etcd, this.#apiserver];
    this.#callOff = startWatchdog(
      folder,
      both.flatMap(({ pid }) => pid ?? []),
    );
    this.first = Promise.race(both.map(async (one) => this.#ended(one, await one.exited)));
    return { url: `https://127.0.0.1:${port}`, token, certificateFile: join(folder, keyFiles.certificates, 'apiserver.crt') };
  }

  async plane(address: ClusterAddress, version: string): Promise<ControlPlane> {
    const kubeconfig = join(this.#home.folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigText(address), { mode: 0o600 });
    const exited = this.first.then(async (why) => {
      await this.stop(); // one without the other is of no use
      return why;
    });
    const pids = { etcd: this.#etcd?.pid ?? 0, apiserver: this.#apiserver?.pid ?? 0 };
    return { address, version, kubeconfig, pids, exited, stop: () => this.stop() };
  }

  failure(what: string): OutsideError {
    const logs = [this.#etcd, this.#apiserver].flatMap((one) =>
      one === undefined || one.tail() === '' ? [] : [`${one.name} wrote last:\n${one.tail()}`],
    );
    return new OutsideError(scope, [`${scope} ${what}`, ...logs].join('\n'));
  }

  portTaken(): boolean {
    return /bind: address already in use/.test(this.#apiserver?.tail() ?? '');
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#callOff();
    await Promise.all([this.#etcd?.kill(), this.#apiserver?.kill()]);
    await this.#home.remove();
  }

  #ended(one: ServerProcess, how: string): OutsideError | undefined {
    if (this.#stopping !== undefined) return undefined;
    this.#callOff();
    const tail = one.tail();
    return new OutsideError(scope, `${scope}: ${one.name} ${how}${tail === '' ? '' : `; it wrote last:\n${tail}`}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
