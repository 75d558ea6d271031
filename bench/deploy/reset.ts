import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'undici';
import { openPool } from '../api-server.ts';
import { type BenchKind, kinds, namespace, partOf } from './world.ts';

/** Makes the namespace that all contenders use. */
export async function makeNamespace(kubeconfig: string): Promise<void> {
  const { pool, headers } = openPool(kubeconfig, 1);
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const { statusCode } = await pool.request({
    method: 'POST',
    path: '/api/v1/namespaces',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  if (statusCode !== 201) throw new Error(`namespace ${namespace}: the server answered ${statusCode}`);
  await pool.close();
}

/** Takes away what a contender has applied, so that the next one finds the cluster as it did. */
export async function reset(kubeconfig: string): Promise<void> {
  const { pool, headers } = openPool(kubeconfig, 4);
  await Promise.all(kinds.map((kind) => removeAll(pool, headers, kind)));
  await pool.request({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/secrets/${applySet}`, headers }); // 404 where there was none
  await pool.close();
}

/** The Secret in which kubectl keeps what belongs to its set. */
export const applySet = 'bench-set';

async function removeAll(
  pool: Pool,
  headers: Readonly<Record<string, string>>,
  { apiVersion, plural, namespaced }: BenchKind,
): Promise<void> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const selector = `labelSelector=${encodeURIComponent(partOf)}`;
  const path = `${root}${namespaced ? `/namespaces/${namespace}` : ''}/${plural}?${selector}`;
  await pool
    .request({ method: 'DELETE', path: `${path}&propagationPolicy=Background`, headers })
    .then(({ body }) => body.dump({ limit: 1e9 }));
  for (;;) {
    const { body } = await pool.request({ method: 'GET', path: `${path}&limit=1`, headers });
    const { items } = (await body.json()) as { readonly items: readonly unknown[] };
    if (items.length === 0) return;
    await sleep(100);
  }
}
