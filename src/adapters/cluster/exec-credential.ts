import { spawn } from 'node:child_process';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { ClusterAddress } from '../../domain/cluster.ts';
import { OutsideError, UsageError } from '../../domain/errors.ts';
import { type Fields, fieldOf, fieldsOf, flagOf, listOf } from './kubeconfig-fields.ts';

const timeoutMs = 30_000;
const mostBytes = 1024 * 1024;
const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Asks the program of a kubeconfig (`aws eks get-token`, `gke-gcloud-auth-plugin`, …) for credentials, without a shell and without a terminal.
 * https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 */
export async function execCredential(
  file: string,
  exec: Fields,
  cluster: Fields,
): Promise<Pick<ClusterAddress, 'token' | 'certificate' | 'key'>> {
  const [command, apiVersion] = [fieldOf(exec, 'command'), fieldOf(exec, 'apiVersion')];
  if (command === undefined) throw new UsageError(`${file}: an exec plugin without a command`);
  if (apiVersion === undefined || !versions.includes(apiVersion))
    throw new UsageError(`${file}: the exec plugin ${command} has another apiVersion than ${versions.join(' or ')}`);
  const program = command.includes('/') && !isAbsolute(command) ? resolve(dirname(file), command) : command;
  const given = listOf(exec, 'env').map(({ name, value }) => [String(name), String(value)] as const);
  const info = {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(flagOf(exec, 'provideClusterInfo') ? { cluster: clusterInfo(cluster) } : {}) },
  };
  const args = Array.isArray(exec['args']) ? exec['args'].map(String) : [];
  const output = await run(program, args, { ...process.env, ...Object.fromEntries(given), KUBERNETES_EXEC_INFO: JSON.stringify(info) });
  return credentialIn(command, output);
}

const clusterInfo = (cluster: Fields): object => ({
  server: cluster['server'],
  'certificate-authority-data': cluster['certificate-authority-data'],
  'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
  'tls-server-name': cluster['tls-server-name'],
});

/** Its output may hold secrets, and is in no error; what it writes as an error is for people. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs).unref();
    const [output, errors] = [collect(child.stdout), collect(child.stderr)];
    child.once('error', () => {
      clearTimeout(limit);
      fail(new UsageError(`the exec plugin ${program} of the kubeconfig cannot be started: is it installed?`));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      if (code === 0) done(output());
      else
        fail(
          new OutsideError(
            program,
            `the exec plugin ${program} of the kubeconfig ${code === null ? 'was ended' : `ended with ${code}`}: ${errors().trim().slice(-500)}`,
          ),
        );
    });
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const parts: Buffer[] = [];
  let size = 0;
  stream.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= mostBytes) parts.push(part);
  });
  return () => Buffer.concat(parts).toString();
}

function credentialIn(command: string, output: string): Pick<ClusterAddress, 'token' | 'certificate' | 'key'> {
  const status = fieldsOf(fieldsOf(json(output))['status']);
  const [token, certificate, key] = [fieldOf(status, 'token'), fieldOf(status, 'clientCertificateData'), fieldOf(status, 'clientKeyData')];
  if (token === undefined && (certificate === undefined || key === undefined)) {
    throw new OutsideError(command, `the exec plugin ${command} of the kubeconfig gave no token and no certificate`);
  }
  return { ...(token === undefined ? {} : { token }), ...(certificate === undefined || key === undefined ? {} : { certificate, key }) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
