import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** Where the server will answer. */
export interface Expected {
  readonly url: string;
  readonly token: string;
  /** The file that the server writes its certificate and its authority's to. */
  readonly certificateFile: string;
}

const pause = 25;

/** Ranges of IPv4 addresses, a quarter each and the largest there are: whatever range a cluster has, fixed addresses of its Services are in one. */
const ranges = ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'];

/** Waits until the server is ready for everything, and gives its authority's certificate. Rejects when the signal fires. */
export async function untilReady(expected: Expected, signal: AbortSignal): Promise<string> {
  const ca = await certificate(expected.certificateFile, signal);
  const agent = new Agent({ connect: { ca } });
  const ask: Ask = async (path, body) => {
    const { statusCode, body: reply } = await request(`${expected.url}${path}`, {
      dispatcher: agent,
      signal,
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${expected.token}`, 'content-type': 'application/json' },
      body: body ?? null,
    });
    await reply.dump();
    return statusCode;
  };
  try {
    await answered(() => ask('/readyz'), signal);
    await answered(() => ask('/api/v1/namespaces/default'), signal);
    await Promise.all(ranges.map((range, at) => widen(ask, range, at)));
    return ca;
  } finally {
    await agent.destroy();
  }
}

type Ask = (path: string, body?: string) => Promise<number>;

async function certificate(file: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text.endsWith('-----END CERTIFICATE-----\n')) return text;
    await sleep(pause, undefined, { signal });
  }
}

async function answered(ask: () => Promise<number>, signal: AbortSignal): Promise<void> {
  while ((await ask().catch(() => 0)) !== 200) await sleep(pause, undefined, { signal });
}

/** Before Kubernetes 1.33 there is no such kind (404), and the range of the arguments is all. https://kubernetes.io/docs/concepts/services-networking/service/#servicecidr */
async function widen(ask: Ask, range: string, at: number): Promise<void> {
  const body = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: `lockkeeper-${at}` },
    spec: { cidrs: [range] },
  };
  const status = await ask('/apis/networking.k8s.io/v1/servicecidrs', JSON.stringify(body));
  if (status !== 201 && status !== 404) throw new Error(`making the range ${range} of Services' addresses was answered ${status}`);
}
