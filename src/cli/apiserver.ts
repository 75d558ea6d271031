import { existsSync } from 'node:fs';
import { etcdVersion } from '../adapters/cluster/control-plane/binaries.ts';
import { envtestIndex } from '../adapters/cluster/control-plane/envtest-index.ts';
import type { Way } from '../adapters/cluster/control-plane/find.ts';
import { kubeconfigText } from '../adapters/cluster/control-plane/kubeconfig.ts';
import { type Obtained, obtainBinaries } from '../adapters/cluster/control-plane/obtain.ts';
import type { Watch } from '../adapters/cluster/control-plane/obtaining.ts';
import { thisMachine } from '../adapters/cluster/control-plane/platform.ts';
import { type ControlPlane, startControlPlane } from '../adapters/cluster/control-plane/start.ts';
import { createHttpClient } from '../adapters/http/client.ts';
import { OutsideError } from '../domain/errors.ts';
import { wantedVersion } from '../domain/kubernetes-version.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import type { Progress } from './progress.ts';

export interface ApiserverCommand {
  readonly kubernetes?: string;
  readonly json?: boolean;
  /** An app.yml was named: it must be there. Without one there need not be any. */
  readonly needsConfig: boolean;
}

type UntilStopped = () => Promise<void>;

/** `lockkeeper apiserver setup`: finds or obtains the programs and says how. Throws OutsideError when no way did, or it was stopped. */
export async function runApiserverSetup(command: ApiserverCommand, context: Context, untilStopped: UntilStopped): Promise<ExitCode> {
  const obtained = await obtain(command, context, stopping(untilStopped));
  const { way, binaries, missed } = obtained;
  if (command.json) context.output.json({ ...binaries, etcdVersion: await etcdVersion(binaries.etcd), way, missed });
  else context.output.print(await story(obtained));
  return 0;
}

/** `lockkeeper apiserver run`: until what `untilStopped` gives resolves. Throws OutsideError when it cannot start, or dies. */
export async function runApiserver(command: ApiserverCommand, context: Context, untilStopped: UntilStopped): Promise<ExitCode> {
  const stop = stopping(untilStopped);
  try {
    const { binaries } = await obtain(command, context, stop);
    const plane = await startControlPlane(binaries, { signal: stop, log: (line) => context.log.debug(line) });
    const died = await untilEnd(plane, command, context, stop);
    if (died !== undefined) throw died;
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return 0;
}

async function untilEnd(
  plane: ControlPlane,
  { json }: ApiserverCommand,
  { output, log }: Context,
  stop: AbortSignal,
): Promise<Error | undefined> {
  const { address, version, kubeconfig } = plane;
  if (json) output.json({ kubeconfig, url: address.url, version });
  else output.print(kubeconfigText(address).trimEnd());
  log.info(`Kubernetes ${version} at ${address.url}: kubectl --kubeconfig ${kubeconfig} get namespaces`);
  const stopped = Promise.withResolvers<undefined>();
  stop.addEventListener('abort', () => stopped.resolve(undefined), { once: true });
  if (stop.aborted) stopped.resolve(undefined);
  try {
    return await Promise.race([plane.exited, stopped.promise]);
  } finally {
    await plane.stop();
  }
}

function stopping(untilStopped: UntilStopped): AbortSignal {
  const stop = new AbortController();
  void untilStopped().then(() =>
    stop.abort(new OutsideError('the minimal API server', 'the minimal API server: stopped before it was there')),
  );
  return stop.signal;
}

async function obtain({ kubernetes, needsConfig }: ApiserverCommand, context: Context, signal: AbortSignal): Promise<Obtained> {
  const { env, configFile, loadConfig, redact } = context;
  const given = kubernetes === undefined ? undefined : wantedVersion(kubernetes);
  const validation = needsConfig || existsSync(configFile) ? loadConfig().config.validation : undefined;
  const wanted = given ?? (validation?.kubernetes === undefined ? undefined : wantedVersion(validation.kubernetes));
  const http = createHttpClient({ redact });
  const steps = watching(context);
  try {
    const { watch } = steps;
    return await obtainBinaries(wanted, {
      env,
      configured: validation?.binaries,
      http,
      indexUrl: envtestIndex,
      platform: thisMachine,
      watch,
      signal,
    });
  } finally {
    steps.end();
    await http.close();
  }
}

/** Says each step that takes long, with a bar where its length is known. */
function watching({ output, log }: Context): { readonly watch: Watch; end(): void } {
  let bar: Progress | undefined;
  const end = (): void => bar?.stop();
  const watch: Watch = (what, units) => {
    end();
    log.info(what);
    if (units > 0) bar = output.progress(what, units);
    return { advance: (by) => bar?.advance(by) };
  };
  return { watch, end };
}

const how: Readonly<Record<Way, string>> = {
  directory: 'found in the folder that was named',
  path: 'found on the PATH',
  cache: 'found in the cache',
  archive: 'downloaded from the official archive, and kept in the cache',
  build: 'built with Go, and kept in the cache',
};

async function story({ way, binaries, missed }: Obtained): Promise<string> {
  return [
    `Kubernetes ${binaries.version} on etcd ${await etcdVersion(binaries.etcd)}: ${how[way]}`,
    `  ${binaries.apiserver}`,
    `  ${binaries.etcd}`,
    ...(missed.length === 0 ? [] : ['Looked at before:']),
    ...missed.map(({ why }) => `  ${why.replaceAll('\n', '\n    ')}`),
  ].join('\n');
}
