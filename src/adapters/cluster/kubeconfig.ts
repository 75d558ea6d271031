import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { ClusterAddress } from '../../domain/cluster.ts';
import { UsageError } from '../../domain/errors.ts';
import { execCredential } from './exec-credential.ts';
import { type Fields, fieldOf, fieldsOf, flagOf, namedIn } from './kubeconfig-fields.ts';

/** `clusters.<name>` of app.yml. */
export interface KubeconfigPlace {
  /** Path of the file. */
  readonly kubeconfig: string;
  /** Default: the file's current context. */
  readonly context?: string;
}

/**
 * Where a kubeconfig leads and as whom. Files and programs are read and run anew each time, because tokens run out: ask again for each run.
 * UsageError names the file and what is wrong in it. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export async function readKubeconfig({ kubeconfig: file, context }: KubeconfigPlace): Promise<ClusterAddress> {
  const config = fieldsOf(await parsed(file));
  const chosen = context ?? fieldOf(config, 'current-context');
  if (chosen === undefined) throw new UsageError(`${file} has no current context: name one as context`);
  const named = namedIn(file, config, 'contexts', 'context', chosen);
  const cluster = namedIn(file, config, 'clusters', 'cluster', fieldOf(named, 'cluster') ?? '');
  const userName = fieldOf(named, 'user');
  const user = userName === undefined ? {} : namedIn(file, config, 'users', 'user', userName);
  refuseUnknown(file, cluster, user);
  const url = fieldOf(cluster, 'server')?.replace(/(?<!\/)\/+$/, '') ?? '';
  if (!URL.canParse(url)) throw new UsageError(`${file}: the cluster of context ${chosen} has no server, or one that is no URL`);
  const insecure = flagOf(cluster, 'insecure-skip-tls-verify');
  const ca = insecure ? undefined : await pem(file, cluster, 'certificate-authority');
  const serverName = fieldOf(cluster, 'tls-server-name');
  return {
    url,
    ...(ca === undefined ? {} : { ca }),
    ...(insecure ? { insecure: true } : {}),
    ...(serverName === undefined ? {} : { serverName }),
    ...(await credentials(file, user, cluster)),
  };
}

async function parsed(file: string): Promise<unknown> {
  const text = await textOf(file, file);
  try {
    return load(text);
  } catch {
    throw new UsageError(`${file} is no YAML`); // without the reason, which quotes the file
  }
}

async function textOf(config: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = Error.isError(cause) && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(path === config ? `${path} cannot be read (${code})` : `${config} names ${path}, which cannot be read (${code})`);
  }
}

/** What changes who asks, or by which way, and is not followed here: to leave it out silently would ask as somebody else. */
function refuseUnknown(file: string, cluster: Fields, user: Fields): void {
  const refused = [
    ...['proxy-url'].filter((key) => cluster[key] !== undefined),
    ...['as', 'as-uid', 'as-groups', 'as-user-extra', 'auth-provider', 'username', 'password'].filter((key) => user[key] !== undefined),
  ];
  if (refused.length > 0)
    throw new UsageError(`${file} uses ${refused.join(', ')}, which Lockkeeper does not: use a token, a certificate or an exec plugin`);
}

type Credentials = Pick<ClusterAddress, 'token' | 'certificate' | 'key'>;

async function credentials(file: string, user: Fields, cluster: Fields): Promise<Credentials> {
  const [certificate, key] = [await pem(file, user, 'client-certificate'), await pem(file, user, 'client-key')];
  const client = certificate === undefined || key === undefined ? {} : { certificate, key };
  const token = await tokenOf(file, user);
  if (token !== undefined) return { ...client, token };
  return user['exec'] === undefined ? client : { ...client, ...(await execCredential(file, fieldsOf(user['exec']), cluster)) };
}

/** The file wins over what is written beside it: it may have been renewed since. */
async function tokenOf(file: string, user: Fields): Promise<string | undefined> {
  const path = fieldOf(user, 'tokenFile');
  return path === undefined ? fieldOf(user, 'token') : (await textOf(file, resolve(dirname(file), path))).trim();
}

/** `KEY-data` in base64, which wins, or the file `KEY`, relative to the kubeconfig. */
async function pem(file: string, from: Fields, key: string): Promise<string | undefined> {
  const data = fieldOf(from, `${key}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString();
  const path = fieldOf(from, key);
  return path === undefined ? undefined : textOf(file, resolve(dirname(file), path));
}
