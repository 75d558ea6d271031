import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { Pool } from 'undici';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

const path = '/apis/apps/v1/namespaces/default/deployments?dryRun=All&fieldValidation=Warn&fieldManager=lockkeeper';

/** Seconds that the bare requests take, so many in flight: nothing is read but the status. Throws where one is refused. */
export async function bareLimit(kubeconfig: string, documents: readonly string[], inFlight: number): Promise<number> {
  const { clusters, users } = load(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }, { user }] = [clusters[0], users[0]] as [Kubeconfig['clusters'][0], Kubeconfig['users'][0]];
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  const pool = new Pool(cluster.server, { connections: inFlight, connect: { ca } });
  const headers = { authorization: `Bearer ${user.token}`, 'content-type': 'application/yaml' };
  const waiting = documents.values();
  const send = async (): Promise<void> => {
    for (const document of waiting) {
      const { statusCode, body } = await pool.request({ method: 'POST', path, headers, body: document });
      await body.dump();
      if (statusCode !== 201) throw new Error(`the server answered ${statusCode}`);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, send));
  const seconds = (performance.now() - begin) / 1000;
  await pool.close();
  return seconds;
}
