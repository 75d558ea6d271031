import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The newest that the Go module proxy has. */
export const version = '1.36.3';

const folder = fileURLToPath(new URL(`../../.cache/kubectl-${version}`, import.meta.url));
const program = join(folder, 'kubectl');

const main = `//go:build tools

package tools

import _ "k8s.io/kubernetes/cmd/kubectl"
`;

/**
 * Builds kubectl apart from the project, once, and gives its path. Kubernetes replaces its own modules by folders, so that `go install` refuses it:
 * each that it requires as v0.0.0 is replaced by the module of that release. https://go.dev/ref/mod#go-install
 */
export async function buildKubectl(): Promise<string> {
  if (existsSync(program)) return program;
  process.stderr.write(`building kubectl ${version} in ${folder}, once\n`);
  mkdirSync(folder, { recursive: true });
  const { GoMod } = JSON.parse(await go(['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`])) as { readonly GoMod: string };
  const own = [...readFileSync(GoMod, 'utf8').matchAll(/^\t(k8s\.io\/[\w.-]+) v0\.0\.0$/gm)].map(([, module = '']) => module);
  const release = `v0.${version.slice(2)}`;
  const replaced = own.map((module) => `replace ${module} => ${module} ${release}\n`).join('');
  writeFileSync(join(folder, 'tools.go'), main);
  writeFileSync(
    join(folder, 'go.mod'),
    `module bench.invalid/kubectl\n\ngo 1.26.0\n\nrequire k8s.io/kubernetes v${version}\n\n${replaced}`,
  );
  await go(['mod', 'tidy']);
  const [major, minor] = version.split('.');
  const known = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(known).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  await go(['build', '-trimpath', '-ldflags', `-s -w ${flags.join(' ')}`, '-o', program, 'k8s.io/kubernetes/cmd/kubectl']);
  return program;
}

/** What `go` wrote to stdout. Throws when it fails; what it says of that goes to stderr. */
async function go(args: readonly string[]): Promise<string> {
  const child = spawn('go', args, { cwd: folder, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`kubectl could not be built: go ${args.join(' ')}`);
  return Buffer.concat(parts).toString();
}

/** Wall time in seconds. Throws when the program does not end well. Without a HOME of its own, in which it keeps what servers told it, it gets a new one. */
export async function timedKubectl(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  mkdirSync(join(home, '.kube'));
  const begin = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, HOME: home, ...env } });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const seconds = (performance.now() - begin) / 1000;
  rmSync(home, { recursive: true });
  if (code !== 0) throw new Error(`${command} ended with ${String(code)}`);
  return seconds;
}
