import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ScanReport } from '../src/updates/report.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const command = at('../bin/lockkeeper.js');

/** What a process has used up, as it tells in its last moment. */
export interface Usage {
  /** User and system, seconds. */
  readonly cpu: number;
  /** Most at once, bytes. */
  readonly memory: number;
}

/** What one run of the command took and said. */
export interface Run extends Usage {
  /** Seconds from start to end. */
  readonly wall: number;
  readonly report: ScanReport;
}

/** `lockkeeper scan`. Throws when it does not end well, with what it wrote. */
export async function scan(config: string): Promise<Run> {
  const { wall, stdout, usage } = await run(['--import', at('./usage.js'), command, 'scan', '--json', '--config', config]);
  return { wall, ...(JSON.parse(usage) as Usage), report: JSON.parse(stdout) as ScanReport };
}

/** Seconds that `lockkeeper --help` takes. */
export const help = async (): Promise<number> => (await run([command, '--help'])).wall;

async function run(args: readonly string[]): Promise<{ readonly wall: number; readonly stdout: string; readonly usage: string }> {
  const begin = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const texts = [1, 2, 3].map(async (stream) => {
    const parts: Buffer[] = [];
    for await (const part of child.stdio[stream] as AsyncIterable<Buffer>) parts.push(part);
    return Buffer.concat(parts).toString();
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const wall = (performance.now() - begin) / 1000;
  const [stdout = '', stderr = '', usage = ''] = await Promise.all(texts);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}\n${stderr}\n${stdout.slice(0, 2000)}`);
  return { wall, stdout, usage };
}
