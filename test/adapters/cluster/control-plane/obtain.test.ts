import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { obtainBinaries } from '../../../../src/adapters/cluster/control-plane/obtain.ts';
import type { Obtaining } from '../../../../src/adapters/cluster/control-plane/obtaining.ts';
import { createHttpClient } from '../../../../src/adapters/http/client.ts';
import { OutsideError } from '../../../../src/domain/errors.ts';
import { routes, type ScriptedServer } from '../../../support/http-server.ts';
import { etcd, kubernetes, saying, writePrograms } from '../../../support/played-programs.ts';
import { ended, startProgram } from '../../../support/program.ts';
import { sandbox } from '../../../support/sandbox.ts';
import { type Entry, gzipped, tarOf } from '../../../support/tar.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
const box = sandbox();
const platform = { os: 'linux', arch: 'amd64' };
const source = resolve(import.meta.dirname, '../../../../src/adapters');

const file = (name: string, content: string): Entry => ({ name: `controller-tools/envtest/${name}`, content, mode: 0o755 });
const official: readonly Entry[] = [
  { name: 'controller-tools/', type: 'directory' },
  { name: 'controller-tools/envtest/', type: 'directory' },
  file('kube-apiserver', saying(kubernetes('1.36.2'))),
  file('etcd', saying(etcd('3.6.8'))),
  file('kubectl', saying('kubectl')),
];

interface Offer {
  /** What is sent as the archive. */
  readonly archive: Buffer;
  /** What the index says of it; without it, the truth. */
  readonly sha512?: string;
  /** Answers the archive's request instead. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A host with an index and one archive, 1.36.2 for linux-amd64. */
async function host({ archive, sha512, answer }: Offer): Promise<ScriptedServer> {
  const hash = sha512 ?? createHash('sha512').update(archive).digest('hex');
  const server: ScriptedServer = await box.serve(
    routes({
      'GET /index.yaml': (_, response) =>
        void response.end(
          `releases:\n  v1.36.2:\n    envtest-v1.36.2-linux-amd64.tar.gz:\n      hash: ${hash}\n      selfLink: ${server.url}/archive.tar.gz\n`,
        ),
      'GET /archive.tar.gz': answer ?? ((_, response) => void response.end(archive)),
    }),
  );
  return server;
}

/** A machine with nothing, but for what the PATH of `env` leads to. */
function machine(indexUrl: string, more: Partial<Obtaining> = {}): Obtaining {
  return {
    env: { PATH: join(folder(), 'bin'), XDG_CACHE_HOME: folder() },
    http: box.keep(createHttpClient({ wait: () => Promise.resolve() })),
    indexUrl,
    platform,
    watch: () => ({ advance: () => {} }),
    signal: new AbortController().signal,
    ...more,
  };
}

const cache = (): string => join(folder(), 'lockkeeper/control-plane');
const folders = (): string[] => readdirSync(cache()).filter((name) => name !== 'obtain.lock');

/** The message of the error that no way did, which must be an OutsideError. */
async function refusal(obtaining: Obtaining): Promise<string> {
  const error: unknown = await obtainBinaries('1.36', obtaining).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutsideError)) throw new Error('it was not refused', { cause: error });
  return error.message;
}

describe('the official archive', () => {
  test('is downloaded, kept in the cache, and the next time found there', async () => {
    const server = await host({ archive: gzipped(await tarOf(official)) });
    const first = await obtainBinaries('1.36', machine(`${server.url}/index.yaml`));
    const place = join(cache(), '1.36.2-linux-amd64');
    expect(first).toMatchObject({
      way: 'archive',
      binaries: { version: '1.36.2', etcd: join(place, 'etcd'), apiserver: join(place, 'kube-apiserver') },
    });
    expect(first.missed.map(({ way }) => way)).toEqual(['directory', 'path', 'cache']);
    expect(folders()).toEqual(['1.36.2-linux-amd64']);
    expect(readdirSync(place)).toEqual(['etcd', 'kube-apiserver']);
    expect(statSync(first.binaries.etcd).mode & 0o777).toBe(0o755);
    const second = await obtainBinaries(undefined, machine(`${server.url}/index.yaml`));
    expect(second).toMatchObject({ way: 'cache', binaries: first.binaries });
    expect(server.seen).toEqual(['GET /index.yaml', 'GET /archive.tar.gz']);
  });

  test('says how long it is, and how far it has come', async () => {
    const steps: [string, number][] = [];
    let done = 0;
    const padding = {
      name: 'controller-tools/envtest/kubectl',
      content: Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 7919) >>> 3)),
    };
    const archive = await tarOf([...official.slice(0, 4), padding]);
    const server = await host({
      archive: gzipped(archive),
      answer: (_, response) => void response.writeHead(200, { 'content-length': gzipped(archive).length }).end(gzipped(archive)),
    });
    const watch: Obtaining['watch'] = (what, units) => {
      steps.push([what, units]);
      return { advance: (by) => (done += by) };
    };
    await obtainBinaries('1.36', machine(`${server.url}/index.yaml`, { watch }));
    const size = gzipped(archive).length / 1_000_000;
    expect(steps).toEqual([[`downloading ${server.url}/archive.tar.gz (megabytes)`, Math.ceil(size)]]);
    expect(done).toBe(Math.floor(size));
  });

  test.each<[string, readonly Entry[], string]>([
    ['a name that leads out of it', [...official, { name: '../../etcd', content: 'x' }], 'its entry "../../etcd" leads out of it'],
    ['an absolute name', [...official, { name: '/etc/passwd', content: 'x' }], 'its entry "/etc/passwd" leads out of it'],
    [
      'a link',
      [...official.slice(0, 3), { name: 'controller-tools/envtest/etcd', type: 'symlink', linkname: '/bin/sh' }],
      'etcd" is a symlink, and only files belong there',
    ],
    [
      'a hard link',
      [...official, { name: 'controller-tools/envtest/x', type: 'link', linkname: '/etc/shadow' }],
      'is a link, and only files',
    ],
    ['a program twice', [...official, { name: 'other/etcd', content: 'x' }], 'it has etcd twice'],
    ['no etcd', official.slice(0, 3), 'holds no etcd'],
    ['neither', [{ name: 'README', content: 'x' }], 'holds no etcd and no kube-apiserver'],
    ['too many entries', Array.from({ length: 1001 }, (_, at) => ({ name: `f${at}`, content: '' })), 'more than 1000 entries'],
    [
      'a program of another version',
      [file('kube-apiserver', saying(kubernetes('1.30.0'))), file('etcd', saying(etcd('3.6.8')))],
      'it says that it is version 1.30.0, and 1.36.2 was expected',
    ],
    [
      'a program that does not run',
      [file('kube-apiserver', '#!/nowhere\n'), file('etcd', saying(etcd('3.6.8')))],
      'kube-apiserver cannot be run',
    ],
  ])('with %s is refused, and nothing of it stays', async (_, entries, why) => {
    const server = await host({ archive: gzipped(await tarOf(entries)) });
    expect(await refusal(machine(`${server.url}/index.yaml`))).toContain(why);
    expect(folders()).toEqual([]);
    expect(existsSync(join(folder(), 'etcd'))).toBe(false);
  });

  test('that is not what the index lists is not even unpacked', async () => {
    const server = await host({
      archive: gzipped(await tarOf([...official, { name: '../../etcd', content: 'x' }])),
      sha512: 'ab'.repeat(64),
    });
    expect(await refusal(machine(`${server.url}/index.yaml`))).toMatch(
      /archive\.tar\.gz is not what the index lists: its SHA-512 is [0-9a-f]{128}, and (?:ab){64} was expected/,
    );
    expect(folders()).toEqual([]);
  });

  test('that is no archive is refused', async () => {
    const server = await host({ archive: Buffer.from('<html>Sign in</html>') });
    expect(await refusal(machine(`${server.url}/index.yaml`))).toMatch(/unpacking .*archive\.tar\.gz: incorrect header check/);
  });

  test('that is longer than any is not read to its end', async () => {
    const server = await host({
      archive: Buffer.alloc(0),
      answer: (_, response) => void response.writeHead(200, { 'content-length': 600 * 1024 * 1024 }).write('x'),
    });
    const asked = machine(`${server.url}/index.yaml`);
    const small: Obtaining['http'] = {
      request: (of) => asked.http.request(of),
      stream: async (of) => {
        expect(of.maxBytes).toBe(512 * 1024 * 1024);
        const reply = await asked.http.stream({ ...of, maxBytes: 0 });
        return reply;
      },
    };
    expect(await refusal({ ...asked, http: small })).toMatch(/the reply is longer than 0 bytes/);
    expect(folders()).toEqual([]);
  });

  test.each([404, 403, 410])('answered %i is not there', async (status) => {
    const server = await host({ archive: Buffer.alloc(0), answer: (_, response) => void response.writeHead(status).end() });
    expect(await refusal(machine(`${server.url}/index.yaml`))).toContain(`GET ${server.url}/archive.tar.gz was answered ${status}`);
  });

  test('of an index that is not there', async () => {
    const server = await box.serve(routes({}));
    expect(await refusal(machine(`${server.url}/index.yaml`))).toContain(`GET ${server.url}/index.yaml was answered 404`);
  });
});

describe('with neither network nor Go', () => {
  test('each way is named, why it did not do, and what to do', async () => {
    writePrograms(join(folder(), 'assets'), { 'kube-apiserver': saying(kubernetes('1.35.0')), etcd: saying(etcd('3.6.8')) });
    const nowhere = machine('http://127.0.0.1:1/index.yaml');
    const message = await refusal({ ...nowhere, env: { ...nowhere.env, KUBEBUILDER_ASSETS: join(folder(), 'assets') } });
    const lines = message.split('\n');
    expect(lines[0]).toBe('etcd and kube-apiserver 1.36 cannot be had:');
    expect(lines[1]).toBe(`  a named folder: KUBEBUILDER_ASSETS: ${folder()}/assets/kube-apiserver is version 1.35.0, and 1.36 is wanted`);
    expect(lines[2]).toBe('  the PATH: there is no kube-apiserver on the PATH');
    expect(lines[3]).toBe(`  the cache: ${cache()} has no Kubernetes 1.36 yet`);
    expect(lines[4]).toMatch(/^ {2}the official archive: .*127\.0\.0\.1:1.*connection refused/);
    expect(lines[5]).toBe('  a build with Go: Go is not installed, or not on the PATH');
    expect(lines[6]).toMatch(/^What to do: install Go/);
  });

  test('a cache that cannot be made is said', async () => {
    writeFileSync(join(folder(), 'lockkeeper'), 'a file where a folder should be');
    expect(await refusal(machine('http://127.0.0.1:1/'))).toMatch(/the cache: nothing can be kept there: E(?:NOTDIR|EXIST)/);
  });
});

describe('two at once', () => {
  const child = (indexUrl: string) =>
    startProgram(
      `
      const { obtainBinaries } = await import('${source}/cluster/control-plane/obtain.ts');
      const { createHttpClient } = await import('${source}/http/client.ts');
      const http = createHttpClient();
      const { way, binaries } = await obtainBinaries('1.36', {
        env: { PATH: '${join(folder(), 'bin')}', XDG_CACHE_HOME: '${folder()}' }, http, indexUrl: '${indexUrl}', platform: ${JSON.stringify(platform)},
        watch: () => ({ advance() {} }), signal: new AbortController().signal,
      });
      await http.close();
      console.log(way, binaries.version);
    `.replaceAll('process.stderr.write', 'void '),
    );

  test('download once, and both have it', async () => {
    const server = await host({ archive: gzipped(await tarOf(official)) });
    const outs = await Promise.all([0, 1, 2].map(() => ended(child(`${server.url}/index.yaml`))));
    expect(outs.map(({ out }) => out.trim()).toSorted()).toEqual(['archive 1.36.2', 'cache 1.36.2', 'cache 1.36.2']);
    expect(server.seen.filter((one) => one === 'GET /archive.tar.gz')).toHaveLength(1);
    expect(folders()).toEqual(['1.36.2-linux-amd64']);
  });

  test('one that is killed in the middle neither blocks the other nor leaves anything', async () => {
    const archive = gzipped(await tarOf(official));
    const begun = Promise.withResolvers<void>();
    let asked = 0;
    const server = await host({
      archive,
      answer: (_, response) => {
        asked += 1;
        if (asked > 1) response.end(archive);
        else response.write(archive.subarray(0, 10), () => begun.resolve());
      },
    });
    const first = child(`${server.url}/index.yaml`);
    const firstEnd = ended(first);
    await begun.promise;
    const second = ended(child(`${server.url}/index.yaml`));
    first.kill('SIGKILL');
    expect((await firstEnd).code).toBeNull();
    expect((await second).out.trim()).toBe('archive 1.36.2');
    expect(folders()).toEqual(['1.36.2-linux-amd64']);
  });

  test('who stops waiting says so with its reason', async () => {
    mkdirSync(cache(), { recursive: true });
    const { tryLock } = await import('../../../../src/adapters/lock.ts');
    const other = tryLock(join(cache(), 'obtain.lock'));
    const stop = new AbortController();
    const waits: string[] = [];
    const watch: Obtaining['watch'] = (what) => {
      waits.push(what);
      stop.abort(new Error('stopped'));
      return { advance: () => {} };
    };
    await expect(obtainBinaries('1.36', machine('http://127.0.0.1:1/', { watch, signal: stop.signal }))).rejects.toThrow('stopped');
    expect(waits).toEqual(['waiting for another process that obtains a control plane (Kubernetes 1.36)']);
    other?.release();
  });
});
