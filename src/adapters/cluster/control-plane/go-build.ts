import { spawn } from 'node:child_process';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fitting } from '../../../domain/kubernetes-version.ts';
import { etcdFor, type Places } from './find.ts';
import { apiserver, etcdModule, type GoMod, type GoModule, type KubernetesProgram, kubernetesModule, versionFlags } from './go-module.ts';
import type { Obtaining } from './obtaining.ts';

/**
 * Builds kube-apiserver, and etcd where the machine has none, with the machine's Go from the modules that its settings lead to; puts them into
 * the folder and gives their version of Kubernetes. Throws an Error that says why that does not go.
 */
export async function buildFromSource(wanted: string, folder: string, obtaining: Obtaining): Promise<string> {
  const go = goIn(folder, obtaining);
  const version = await newestVersion(go, wanted);
  if (!(await hasEtcd(folder, obtaining.env))) await buildProgram('etcd', etcdModule(await goMod(go, version)), '', { folder, obtaining });
  await buildKubernetesProgram(apiserver, version, { folder, obtaining });
  return version;
}

/** Builds one program of exactly that version into the folder. Throws an Error that says why that does not go. */
export async function buildKubernetesProgram(program: KubernetesProgram, version: string, build: Build): Promise<void> {
  const module = kubernetesModule(program, version, await goMod(goIn(build.folder, build.obtaining), version));
  await buildProgram(program.name, module, versionFlags(version), build);
}

async function goMod(go: Go, version: string): Promise<GoMod> {
  const { GoMod: file } = JSON.parse(await go(['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`])) as { readonly GoMod: string };
  return JSON.parse(await go(['mod', 'edit', '-json', file])) as GoMod;
}

const hasEtcd = (folder: string, env: Places['env']): Promise<boolean> =>
  etcdFor(folder, env).then(
    () => true,
    () => false,
  );

async function newestVersion(go: Go, wanted: string): Promise<string> {
  const [, ...tags] = (await go(['list', '-m', '-versions', 'k8s.io/kubernetes'])).trim().split(/\s+/);
  const [newest] = fitting(
    tags.map((tag) => tag.replace(/^v/, '')),
    wanted,
  );
  if (newest === undefined) throw new Error(`Go's modules have no Kubernetes ${wanted}`);
  return newest;
}

interface Build {
  readonly folder: string;
  readonly obtaining: Pick<Obtaining, 'env' | 'watch' | 'signal'>;
}

async function buildProgram(name: string, module: GoModule, flags: string, { folder, obtaining }: Build): Promise<void> {
  const source = join(folder, `${name}-source`);
  await mkdir(source);
  for (const [file, text] of Object.entries(module)) await writeFile(join(source, file), text);
  const go = goIn(source, obtaining);
  obtaining.watch(`downloading what ${name} is built from`, 0);
  const packages = (await go(['list', '-deps', '.'])).trim().split('\n').length;
  const step = obtaining.watch(`building ${name} (packages)`, packages);
  await go(['build', '-v', '-trimpath', '-ldflags', `-s -w ${flags}`.trim(), '-o', name, '.'], () => step.advance(1));
  await rename(join(source, name), join(folder, name));
  await rm(source, { recursive: true });
}

/** Runs `go` and gives what it writes to stdout; `line` is told of each line on stderr. Throws an Error with the last of those when it fails. */
type Go = (args: readonly string[], line?: () => void) => Promise<string>;

const lastLines = 10;

function goIn(folder: string, { env, signal }: Pick<Obtaining, 'env' | 'signal'>): Go {
  return (args, line) =>
    new Promise((resolve, reject) => {
      const child = spawn('go', args, { cwd: folder, env: goEnvironment(env), signal, stdio: ['ignore', 'pipe', 'pipe'] });
      const [out, said]: [Buffer[], string[]] = [[], []];
      child.stdout.on('data', (data: Buffer) => out.push(data));
      createInterface({ input: child.stderr }).on('line', (text) => {
        said.push(text.slice(0, 1000));
        if (said.length > lastLines) said.shift();
        line?.();
      });
      child.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') reject(new Error('Go is not installed, or not on the PATH'));
        else if (!signal.aborted) reject(error); // else it is not gone before it is closed
      });
      child.on('close', (code, by) => {
        const text = Buffer.concat(out).toString();
        if (code === 0) resolve(text);
        else reject(new Error([`go ${args.slice(0, 2).join(' ')} ended with ${by ?? `exit code ${code}`}`, ...said].join('\n')));
      });
    });
}

/** What Go and what it downloads with need, and nothing else of ours. */
function goEnvironment(env: Places['env']): Record<string, string> {
  const needed = /^(?:PATH|HOME|TMPDIR|USER|XDG_\w+|SSL_CERT_\w+|(?:HTTPS?|NO|ALL)_PROXY|GO[A-Z0-9]+|CGO_\w+|GIT_\w+|NETRC)$/i;
  const kept = Object.entries(env).flatMap(([name, value]) => (value !== undefined && needed.test(name) ? [[name, value] as const] : []));
  return { ...Object.fromEntries(kept), CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-mod=mod -buildvcs=false', LC_ALL: 'C' };
}
