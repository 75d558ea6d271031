import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Agent, request } from 'undici';
import { type ControlPlane, startControlPlane } from '../../../../src/adapters/cluster/control-plane/start.ts';
import type { ClusterAddress } from '../../../../src/domain/cluster.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import { controlPlaneBinaries, sharedControlPlane } from '../../../support/control-plane.ts';
import { describeWith } from '../../../support/parts.ts';
import { runs } from '../../../support/processes.ts';

async function ask(
  { url, ca, token = '' }: ClusterAddress,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  const agent = new Agent({ connect: ca === undefined ? {} : { ca } });
  try {
    const reply = await request(`${url}${path}`, {
      dispatcher: agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: reply.statusCode, text: await reply.body.text() };
  } finally {
    await agent.destroy();
  }
}

function expectGone(plane: ControlPlane): void {
  expect(runs(plane.pids.etcd)).toBe(false);
  expect(runs(plane.pids.apiserver)).toBe(false);
  expect(existsSync(dirname(plane.kubeconfig))).toBe(false);
}

describeWith('control-plane', 'one that runs', () => {
  const shared = sharedControlPlane();

  test('answers who has its token, and nobody else', async () => {
    const { address, version } = await shared();
    expect(address.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect((await ask(address, '/readyz')).text).toBe('ok');
    expect(JSON.parse((await ask(address, '/version')).text)).toMatchObject({ gitVersion: `v${version}` });
    expect((await ask({ ...address, token: 'wrong' }, '/version')).status).toBe(401);
    expect((await ask({ ...address, token: '' }, '/version')).status).toBe(401);
  });

  test('has its certificate signed by an authority of its own', async () => {
    const { address } = await shared();
    const { ca: _, ...unknown } = address;
    await expect(ask(unknown, '/readyz')).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/) });
  });

  test('keeps its keys and its store from other users', async () => {
    const { kubeconfig } = await shared();
    expect(statSync(dirname(kubeconfig)).mode & 0o777).toBe(0o700);
    for (const name of ['kubeconfig', 'tokens.csv', 'service-accounts.pem']) {
      expect(statSync(join(dirname(kubeconfig), name)).mode & 0o777).toBe(0o600);
    }
  });

  test('its kubeconfig says the same as its address', async () => {
    const { address, kubeconfig } = await shared();
    expect(JSON.parse(readFileSync(kubeconfig, 'utf8'))).toMatchObject({
      'current-context': 'lockkeeper',
      clusters: [{ cluster: { server: address.url, 'certificate-authority-data': Buffer.from(address.ca ?? '').toString('base64') } }],
      users: [{ user: { token: address.token } }],
    });
  });

  test.each(['10.96.0.99', '10.43.7.7', '172.20.3.4', '192.168.4.5', '34.118.225.1', '100.64.0.9', 'fd00::9'])(
    'a Service may have the fixed address %s',
    async (clusterIP) => {
      const { address } = await shared();
      const name = `fixed-${clusterIP.replaceAll(/[.:]+/g, '-')}`;
      const service = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { clusterIP, ports: [{ port: 80 }] } };
      const { status, text } = await ask(address, '/api/v1/namespaces/default/services', service);
      expect({ status, text }).toMatchObject({ status: 201 });
    },
  );
});

describeWith('control-plane', 'its end', () => {
  test('leaves no process and no file, however often it is asked for', async () => {
    const plane = await startControlPlane(await controlPlaneBinaries());
    await Promise.all([plane.stop(), plane.stop()]);
    expectGone(plane);
    expect(await plane.exited).toBeUndefined();
  });

  test.each(['etcd', 'apiserver'] as const)(
    'when %s dies, the other goes with it, and who asks learns what it wrote last',
    async (victim) => {
      const plane = await startControlPlane(await controlPlaneBinaries());
      process.kill(plane.pids[victim], 'SIGKILL');
      const why = await plane.exited;
      expect(why).toBeInstanceOf(OutsideError);
      expect(why?.message).toMatch(/^the minimal API server: \S+ was ended by SIGKILL; it wrote last:\n./);
      expectGone(plane);
    },
  );
});

describeWith('control-plane', 'its start', () => {
  test('takes another port when somebody was faster', async () => {
    const other = createServer();
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
    const { port } = other.address() as { port: number };
    const plane = await startControlPlane(await controlPlaneBinaries(), { port });
    expect(new URL(plane.address.url).port).not.toBe(String(port));
    expect((await ask(plane.address, '/readyz')).text).toBe('ok');
    await plane.stop();
    other.close();
  });

  test('that fails says what the program wrote, and leaves nothing', async () => {
    const binaries = await controlPlaneBinaries();
    await expect(startControlPlane({ ...binaries, apiserver: binaries.etcd })).rejects.toThrow(
      /the minimal API server: kube-apiserver ended with exit code \d+; it wrote last:\n(?:.|\n)*(?:flag|usage)/i,
    );
    await expect(startControlPlane({ ...binaries, etcd: '/nowhere/etcd' })).rejects.toThrow(/etcd could not be started: .*ENOENT/);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`lockkeeper-control-plane-${process.pid}-`))).toEqual([]);
  });

  test('is given up when its signal fires, and leaves nothing', async () => {
    const given = new AbortController();
    const starting = startControlPlane(await controlPlaneBinaries(), {
      signal: given.signal,
      log: () => given.abort(new Error('superseded')),
    });
    await expect(starting).rejects.toThrow('superseded');
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`lockkeeper-control-plane-${process.pid}-`))).toEqual([]);
  });
});
