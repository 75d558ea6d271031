import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Content, Image } from './images.ts';

/** The user `bot` with the password `secret`. */
const htpasswd = 'bot:$2b$04$gCUHjN6Yeeh7m0W9hdek3OGe9kFppG3nItGeuIwNAJ0pZKP8Bpy3W\n';

export interface DockerRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Pushes configuration and manifest; under a tag where given. */
  pushImage(repository: string, of: Image, tag?: string): Promise<void>;
  /** Pushes a manifest or an index, whose parts must be there. */
  pushManifest(repository: string, of: Content, reference: string): Promise<void>;
  stop(): Promise<void>;
}

interface DockerRegistryOptions {
  /** Without one, any free port. */
  readonly port?: number;
  /** Asks for basic authentication (bot, secret). */
  readonly password?: boolean;
  /** Where it tells of what happens in it, and the Authorization that it sends along. */
  readonly notify?: { readonly url: string; readonly authorization: string } | undefined;
}

/** Starts Debian's docker-registry on loopback, its content in memory. */
export async function startDockerRegistry({ password = false, notify, port: given }: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  const port = given ?? (await freePort());
  await writeFile(join(folder, 'htpasswd'), htpasswd);
  await writeFile(join(folder, 'config.json'), configuration(folder, port, { password, notify }));
  const running = spawn('docker-registry', ['serve', join(folder, 'config.json')], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    const exited = once(running, 'exit');
    if (running.exitCode === null && running.kill('SIGKILL')) await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(`http://${host}/v2/`, () => running.exitCode === null);
  } catch (error) {
    await stop();
    throw error;
  }
  const authorization = `Basic ${Buffer.from('bot:secret').toString('base64')}`;
  return { host, stop, ...pushing(`http://${host}`, password ? { authorization } : {}) };
}

/** JSON is YAML too. */
function configuration(folder: string, port: number, { password, notify }: DockerRegistryOptions): string {
  const endpoint = notify && {
    name: 'lockkeeper',
    url: notify.url,
    headers: { Authorization: [notify.authorization] },
    timeout: '5s',
    threshold: 3,
    backoff: '1s',
  };
  return JSON.stringify({
    version: 0.1,
    log: { level: 'error' },
    storage: { inmemory: {} },
    http: { addr: `127.0.0.1:${port}` },
    ...(password ? { auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } } } : {}),
    ...(endpoint && { notifications: { endpoints: [endpoint] } }),
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function ready(url: string, alive: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && alive(); attempt += 1) {
    const status = await fetch(url).then(
      (reply) => reply.status,
      () => 0,
    );
    if (status === 200 || status === 401) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`docker-registry did not come up at ${url}`);
}

function pushing(base: string, headers: Readonly<Record<string, string>>): Pick<DockerRegistry, 'pushImage' | 'pushManifest'> {
  const send = async (method: string, url: string, type: string, body?: string): Promise<Response> => {
    const reply = await fetch(url, { method, headers: { ...headers, 'content-type': type }, ...(body === undefined ? {} : { body }) });
    if (!reply.ok) throw new Error(`${method} ${url}: ${reply.status} ${await reply.text()}`);
    return reply;
  };
  const pushManifest = async (repository: string, of: Content, reference: string): Promise<void> => {
    await send('PUT', `${base}/v2/${repository}/manifests/${reference}`, of.type, of.text);
  };
  return {
    pushManifest,
    async pushImage(repository, { manifest, config }, tag) {
      const started = await send('POST', `${base}/v2/${repository}/blobs/uploads/`, 'application/octet-stream');
      const upload = new URL(started.headers.get('location') ?? '', base);
      upload.searchParams.set('digest', config.digest);
      await send('PUT', upload.href, 'application/octet-stream', config.text);
      await pushManifest(repository, manifest, tag ?? manifest.digest);
    },
  };
}
