import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { ClusterAddress } from '../../domain/cluster.ts';
import { UsageError } from '../../domain/errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * How a cluster is reached, as a kubeconfig says; without `context`, its current one. Throws UsageError naming what is missing, and never what
 * the file holds. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export function readKubeconfig(file: string, context?: string): ClusterAddress {
  const config = parsed(file);
  const wrong = (problem: string): UsageError => new UsageError(`the kubeconfig ${file}: ${problem}`);
  const name = context ?? textOf(config['current-context']);
  if (name === undefined) throw wrong('it has no current-context; name one under context of the cluster in app.yml');
  const chosen = entry(config, 'contexts', name, 'context');
  if (chosen === undefined) throw wrong(`it has no context ${name}`);
  const [cluster, user] = [
    entry(config, 'clusters', textOf(chosen['cluster']), 'cluster'),
    entry(config, 'users', textOf(chosen['user']), 'user') ?? {},
  ];
  const url = textOf(cluster?.['server'])?.replace(/(?<!\/)\/+$/, '');
  if (cluster === undefined || url === undefined || !URL.canParse(url)) throw wrong(`the cluster of context ${name} has no server`);
  const unsupported =
    ['exec', 'auth-provider', 'username', 'as'].find((key) => user[key] !== undefined) ??
    (cluster['proxy-url'] === undefined ? undefined : 'proxy-url');
  if (unsupported !== undefined)
    throw wrong(
      `context ${name} uses ${unsupported}, which is not supported: give it the token of a service account, or a client certificate`,
    );
  const pem = material(file);
  const [ca, certificate, key] = [pem(cluster, 'certificate-authority'), pem(user, 'client-certificate'), pem(user, 'client-key')];
  const token = textOf(user['token']) ?? fileText(file, user['tokenFile'])?.trim();
  const serverName = textOf(cluster['tls-server-name']);
  return {
    url,
    ...(ca !== undefined && { ca }),
    ...(token !== undefined && { token }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { serverName }),
    ...(cluster['insecure-skip-tls-verify'] === true && { insecure: true }),
  };
}

function parsed(file: string): Fields {
  const text = readText(file, `the kubeconfig ${file}`);
  try {
    return fieldsOf(load(text));
  } catch {
    throw new UsageError(`the kubeconfig ${file} is no YAML`);
  }
}

function entry(config: Fields, list: string, name: string | undefined, key: string): Fields | undefined {
  const all: readonly unknown[] = Array.isArray(config[list]) ? config[list] : [];
  const found = all.map(fieldsOf).find((one) => name !== undefined && one['name'] === name);
  return found && fieldsOf(found[key]);
}

/** PEM text, in the file itself as base64, or in a file of its own. */
const material =
  (file: string) =>
  (of: Fields, key: string): string | undefined => {
    const data = textOf(of[`${key}-data`]);
    return data === undefined ? fileText(file, of[key]) : Buffer.from(data, 'base64').toString('utf8');
  };

const fileText = (file: string, path: unknown): string | undefined => {
  const named = textOf(path);
  return named === undefined ? undefined : readText(resolve(dirname(file), named), `${named}, which the kubeconfig ${file} names,`);
};

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${what} cannot be read (${Error.isError(error) && 'code' in error ? String(error.code) : 'no path'})`);
  }
}
