import { openPool } from '../api-server.ts';

const path = '/apis/apps/v1/namespaces/default/deployments?dryRun=All&fieldValidation=Warn&fieldManager=lockkeeper';

/** Seconds that the bare requests take, so many in flight: nothing is read but the status. Throws where one is refused. */
export async function bareLimit(kubeconfig: string, documents: readonly string[], inFlight: number): Promise<number> {
  const { pool, headers: credentials } = openPool(kubeconfig, inFlight);
  const headers = { ...credentials, 'content-type': 'application/yaml' };
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
