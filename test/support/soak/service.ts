import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { until } from '../served.ts';

const program = resolve(import.meta.dirname, '../../../bin/lockkeeper.js');
const heap = resolve(import.meta.dirname, 'heap.js');

/** `lockkeeper serve`, started again and again at one address; what it logs goes into one file. */
export interface Service {
  /** Milliseconds until it listens. */
  start(): Promise<number>;
  /** Milliseconds until it has ended. Throws when an ordered end is no success. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
  /** Resident memory now, bytes; undefined while it is down. */
  memory(): number | undefined;
  /** User and system since it was started, seconds; NaN while it is down. */
  cpu(): number;
  /** The heap, and what it holds outside, after everything was collected; bytes. */
  heap(): Promise<number>;
  log(): readonly Readonly<Record<string, unknown>>[];
}

export function createService(config: string, log: string, env: Readonly<Record<string, string>>): Service {
  let running: ChildProcess | undefined;
  const child = (): ChildProcess => {
    if (running === undefined) throw new Error('the service is down');
    return running;
  };
  return {
    async start() {
      const begun = performance.now();
      const args = ['--expose-gc', '--import', heap, program, 'serve', '--config', config, '--log-level', 'info'];
      const started = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      started.stderr?.pipe(createWriteStream(log, { flags: 'a' }));
      let out = '';
      started.stdout?.on('data', (piece: Buffer) => {
        out += piece.toString();
      });
      await until(
        () => out.includes('Listening on') || undefined,
        () => {
          if (started.exitCode !== null) throw new Error(`serve ended with ${started.exitCode}: ${readFileSync(log, 'utf8').slice(-2000)}`);
        },
      );
      running = started;
      return performance.now() - begun;
    },
    async stop(signal) {
      const [ending, begun] = [child(), performance.now()];
      const ended = once(ending, 'exit') as Promise<[number | null]>;
      running = undefined;
      ending.kill(signal);
      const [code] = await ended;
      if (signal === 'SIGTERM' && code !== 0) throw new Error(`serve ended with ${code}`);
      return performance.now() - begun;
    },
    memory: () => (running?.pid === undefined ? undefined : residentOf(running.pid)),
    cpu: () => (running?.pid === undefined ? Number.NaN : cpuOf(running.pid)),
    async heap() {
      const asked = child();
      const answer = once(asked, 'message') as Promise<[number]>;
      asked.send('heap');
      return (await answer)[0];
    },
    log: () =>
      readFileSync(log, { encoding: 'utf8', flag: 'a+' })
        .split('\n')
        .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Readonly<Record<string, unknown>>] : [])),
  };
}

function residentOf(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** In ticks of a hundredth: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}
