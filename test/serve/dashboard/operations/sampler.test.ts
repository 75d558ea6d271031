import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectCluster } from '../../../../src/adapters/cluster/client.ts';
import { embeddedLocks } from '../../../../src/adapters/store/locks.ts';
import { sampleAll, uptimeOf } from '../../../../src/serve/dashboard/operations/sampler.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
let server: Server;
let status = 200;
const asked: string[] = [];
const said: string[] = [];
let minute = 0;
const log = { debug: (text: string) => void said.push(text), error: (text: string) => void said.push(text) };

beforeEach(async () => {
  [status, minute] = [200, 0];
  asked.length = 0;
  said.length = 0;
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterEach(() => server.close());

function parts() {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = new MemoryStore();
  const wait = (): Promise<void> => Promise.resolve();
  const take = async (name: string) => {
    if (name === 'nowhere') throw new Error('kubeconfig: there is no such file');
    const client = connectCluster({ url }, { throwAway: false, wait });
    return { client, release: () => void client.close() };
  };
  const now = (): Date => new Date(Date.UTC(2026, 10, 20, 12, minute));
  return { clusters: ['staging', 'nowhere'], take, store, locks: embeddedLocks(folder()), log, now };
}
const always = new AbortController().signal;

test.each([
  [200, { up: true }],
  [401, { up: true }],
  [403, { up: true }],
  [500, { up: false, problem: '/readyz answers with 500' }],
  [503, { up: false, problem: expect.stringContaining('answered 503') }],
])('a server that answers with %i is known as %o', async (answer, expected) => {
  const all = parts();
  status = answer;
  await sampleAll(all, always);
  expect(await uptimeOf(all.store, 'staging')).toMatchObject(expected);
  expect(asked[0]).toBe('/readyz');
  expect(await uptimeOf(all.store, 'nowhere')).toMatchObject({ up: false, problem: expect.stringContaining('there is no such file') });
});

test('what another replica has asked within the minute is not asked again', async () => {
  const all = parts();
  await sampleAll(all, always);
  await sampleAll(all, always);
  expect(asked).toHaveLength(1);
  minute = 1;
  await sampleAll(all, always);
  expect(asked).toHaveLength(2);
  expect((await uptimeOf(all.store, 'staging'))?.hours).toEqual([[expect.any(Number), 2, 2]]);
});

test('while another replica asks, this one does not', async () => {
  const all = parts();
  await all.locks.hold('cluster-samples', 1000, () => sampleAll({ ...all, locks: embeddedLocks(folder()) }, always));
  expect(asked).toEqual([]);
  expect(said).toEqual([expect.stringContaining('clusters were not asked')]);
});

test('a service that stops says of no cluster that it is down', async () => {
  const all = parts();
  const stopping = new AbortController();
  stopping.abort();
  await sampleAll(all, stopping.signal);
  expect(await uptimeOf(all.store, 'staging')).toBeUndefined();
  expect(said).toEqual([]);
});
