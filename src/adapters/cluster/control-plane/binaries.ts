import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { explain } from '../../../domain/errors.ts';
import { environment } from './server-process.ts';

/** Programs that were run once and said what they are. Absolute paths. */
export interface Binaries {
  readonly etcd: string;
  readonly apiserver: string;
  /** Of Kubernetes: `1.36.3`. */
  readonly version: string;
}

const run = promisify(execFile);

/** Milliseconds; a program on a slow disk is read whole before it says anything. */
const patience = 60_000;

/** What a program of Kubernetes, such as kube-apiserver, says to `--version`: `1.36.3`. Throws an Error that says why this file is no program of that name. */
export const kubernetesVersion = (file: string): Promise<string> => versionOf(file, /^Kubernetes v(\d+\.\d+\.\d\S*)$/m);

/** What `etcd --version` says: `3.6.8`. Throws as `kubernetesVersion` does. */
export const etcdVersion = (file: string): Promise<string> => versionOf(file, /^etcd Version: (\d+\.\d+\.\d\S*)$/m);

async function versionOf(file: string, line: RegExp): Promise<string> {
  const said = await run(file, ['--version'], { timeout: patience, maxBuffer: 1024 * 1024, env: environment() }).catch((error: unknown) => {
    throw new Error(`${file} cannot be run: ${startFailure(error)}`);
  });
  const version = line.exec(said.stdout)?.[1];
  if (version === undefined)
    throw new Error(`${file} --version said ${JSON.stringify(said.stdout.slice(0, 100))}, which is not what it says`);
  return version;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'it is not executable',
  ENOEXEC: 'it is not a program for this machine',
};

function startFailure(error: unknown): string {
  const code = Error.isError(error) && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? explain(error).split('\n').slice(0, 3).join(' ').slice(0, 500);
}
