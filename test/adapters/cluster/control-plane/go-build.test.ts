import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFromSource } from '../../../../src/adapters/cluster/control-plane/go-build.ts';
import type { Obtaining } from '../../../../src/adapters/cluster/control-plane/obtaining.ts';
import { etcd, kubernetes, saying, writePrograms } from '../../../support/played-programs.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const folder = temporaryFolder();
const place = (name: string): string => join(folder(), name);

const goMod = JSON.stringify({
  Go: '1.26.0',
  Require: [{ Path: 'go.etcd.io/etcd/client/v3', Version: 'v3.6.8' }],
  Replace: [{ Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } }],
});

/** A go that keeps what it was asked and with which settings, and builds programs that only know their version. The real one builds for minutes: `.ci/run` has it do so. */
const playedGo = (build: string): string => `#!/bin/sh
echo "$@" >> '${place('asked')}'
env >> '${place('settings')}'
case "$1 $2" in
  'list -m') echo 'k8s.io/kubernetes v1.35.9 v1.36.1 v1.36.10 v1.36.9 v1.37.0-beta.1' ;;
  'mod download') echo '{ "GoMod": "${place('kubernetes.mod')}" }' ;;
  'mod edit') cat '${place('kubernetes.mod')}' ;;
  'list -deps') printf 'a\\nb\\nc\\n' ;;
  'build -v') ${build} ;;
esac
`;

const builds = `
    for name; do before=$last; last=$name; test "$before" = -o && program=$name; done
    echo a >&2; echo b >&2
    cp "${'$'}{0%/go}/made-$program" "$program"`;

function machine(env: Readonly<Record<string, string>> = {}): {
  readonly obtaining: Obtaining;
  readonly steps: [string, number, number][];
} {
  const steps: [string, number, number][] = [];
  const watch: Obtaining['watch'] = (what, units) => {
    const step: [string, number, number] = [what, units, 0];
    steps.push(step);
    return { advance: (by) => (step[2] += by) };
  };
  const unused = (): never => {
    throw new Error('no network here');
  };
  const obtaining: Obtaining = {
    env: { PATH: `${place('bin')}:/usr/bin:/bin`, ...env },
    http: { request: unused, stream: unused },
    indexUrl: '',
    platform: { os: 'linux', arch: 'amd64' },
    watch,
    signal: new AbortController().signal,
  };
  return { obtaining, steps };
}

function playGo(build: string, more: Readonly<Record<string, string>> = {}): void {
  writeFileSync(place('kubernetes.mod'), goMod);
  writePrograms(place('bin'), {
    go: playedGo(build),
    'made-etcd': saying(etcd('3.6.8')),
    'made-kube-apiserver': saying(kubernetes('1.36.10')),
    ...more,
  });
}

test('the newest version that fits is built, with the machine’s settings and nothing else of ours', async () => {
  playGo(builds, { etcd: saying(etcd('3.4.23')) });
  const { obtaining, steps } = machine({
    GOPROXY: 'https://go.example.com',
    GOFLAGS: '-mod=vendor',
    GITLAB_TOKEN: 'secret-of-ours',
    HTTPS_PROXY: 'http://proxy:3128',
  });
  writePrograms(place('out'), {});
  expect(await buildFromSource('1.36', place('out'), obtaining)).toBe('1.36.10');
  expect(readFileSync(place('out/kube-apiserver'), 'utf8')).toBe(saying(kubernetes('1.36.10')));
  expect(steps).toEqual([
    ['downloading what kube-apiserver is built from', 0, 0],
    ['building kube-apiserver (packages)', 3, 2],
  ]);
  const asked = readFileSync(place('asked'), 'utf8').split('\n');
  expect(asked.slice(0, 2)).toEqual(['list -m -versions k8s.io/kubernetes', 'mod download -json k8s.io/kubernetes@v1.36.10']);
  expect(asked.at(-2)).toMatch(/^build -v -trimpath -ldflags -s -w -X .*gitVersion=v1\.36\.10 .* -o kube-apiserver \.$/);
  const settings = readFileSync(place('settings'), 'utf8');
  expect(settings).toContain('\nGOPROXY=https://go.example.com\n');
  expect(settings).toContain('\nHTTPS_PROXY=http://proxy:3128\n');
  expect(settings).toContain('GOFLAGS=-mod=mod -buildvcs=false\n');
  expect(settings).not.toContain('secret-of-ours');
});

test('where the machine has no etcd, that is built, too', async () => {
  playGo(builds);
  const { obtaining, steps } = machine();
  const bare = { ...obtaining, env: { PATH: `${place('bin')}:${place('shell')}` } };
  writePrograms(place('shell'), {
    cp: '#!/bin/sh\nexec /bin/cp "$@"\n',
    env: '#!/bin/sh\nexec /usr/bin/env "$@"\n',
    cat: '#!/bin/sh\nexec /bin/cat "$@"\n',
  });
  writePrograms(place('out'), {});
  await buildFromSource('1.36', place('out'), bare);
  expect(readFileSync(place('out/etcd'), 'utf8')).toBe(saying(etcd('3.6.8')));
  expect(steps.map(([what]) => what)).toEqual([
    'downloading what etcd is built from',
    'building etcd (packages)',
    'downloading what kube-apiserver is built from',
    'building kube-apiserver (packages)',
  ]);
});

test.each([
  ['1.30', builds, "Go's modules have no Kubernetes 1.30"],
  [
    '1.36',
    'echo "go: module needs go 1.27 (running go 1.22)" >&2; exit 1',
    'go build -v ended with exit code 1\ngo: module needs go 1.27 (running go 1.22)',
  ],
  ['1.36', 'kill -9 $$', 'go build -v ended with SIGKILL'],
])('of %s, where go does `%s`, it is said why not', async (wanted, build, why) => {
  playGo(build, { etcd: saying(etcd('3.4.23')) });
  writePrograms(place('out'), {});
  await expect(buildFromSource(wanted, place('out'), machine().obtaining)).rejects.toThrow(why);
});

test('who stops it ends go', async () => {
  playGo('exec sleep 1000', { etcd: saying(etcd('3.4.23')) });
  writePrograms(place('out'), {});
  const stop = new AbortController();
  const { obtaining } = machine();
  const watch: Obtaining['watch'] = (_, units) => {
    if (units > 0) setImmediate(() => stop.abort(new Error('stopped')));
    return { advance: () => {} };
  };
  await expect(buildFromSource('1.36', place('out'), { ...obtaining, watch, signal: stop.signal })).rejects.toThrow(
    'go build -v ended with SIGTERM',
  );
});
