import { type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process has used up, as it tells in its last moment. */
export interface Usage {
  /** User and system, seconds; that of the processes which it started too. */
  readonly cpu: number;
  /** Most at once, bytes; of this process alone. */
  readonly memory: number;
}

/** What one run of a program took. */
export interface Run extends Usage {
  /** Seconds from start to end. */
  readonly wall: number;
  readonly stdout: string;
}

/** A Node program, measured from outside. Throws when it does not end well, with what it wrote. */
export async function measure(args: readonly string[], options: Pick<SpawnOptions, 'cwd' | 'env'> = {}): Promise<Run> {
  const usagePath = fileURLToPath(new URL('./usage.js', import.meta.url));
  const begin = performance.now();
  const child = spawn(process.execPath, ['--import', usagePath, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const texts = [1, 2, 3].map(async (stream) => {
    const parts: Buffer[] = [];
    for await (const part of child.stdio[stream] as AsyncIterable<Buffer>) parts.push(part);
    return Buffer.concat(parts).toString();
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  const wall = (performance.now() - begin) / 1000;
  const [stdout = '', stderr = '', usage = ''] = await Promise.all(texts);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}\n${stderr}\n${stdout.slice(-2000)}`);
  return { wall, stdout, ...(JSON.parse(usage) as Usage) };
}
