import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { Pool } from 'undici';

/** The command, as it is installed. */
export const program = fileURLToPath(new URL('../bin/lockkeeper.js', import.meta.url));

/** `lockkeeper apiserver run`: writes the kubeconfig that it prints once it is ready. */
export async function startServer(kubeconfig: string): Promise<{ readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, 'apiserver', 'run'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const part of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    printed += part;
    if (isWhole(printed)) break;
  }
  if (!isWhole(printed)) throw new Error('lockkeeper apiserver run printed no kubeconfig');
  writeFileSync(kubeconfig, printed);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    },
  };
}

function isWhole(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** Connections to that server, and the headers that say who asks. */
export function openPool(
  kubeconfig: string,
  connections: number,
): { readonly pool: Pool; readonly headers: { readonly authorization: string } } {
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }, { user }] = [clusters[0], users[0]] as [Kubeconfig['clusters'][0], Kubeconfig['users'][0]];
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  return { pool: new Pool(cluster.server, { connections, connect: { ca } }), headers: { authorization: `Bearer ${user.token}` } };
}
