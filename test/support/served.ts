import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = resolve(import.meta.dirname, '../../bin/lockkeeper.js');

/** The real service in a process of its own. */
export interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it logged, one object per line. */
  readonly log: () => readonly Readonly<Record<string, unknown>>[];
  /** Ends it as an orchestrator does; gives its exit code. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/** `lockkeeper serve`; resolves when it listens. */
export async function serve(config: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, [program, 'serve', '--config', config, '--log-level', 'debug'], {
    env: { ...process.env, ...env },
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map(gather) as [() => string, () => string];
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const url = await until(
    () => /http:\/\/\S+/.exec(stdout())?.[0],
    () => {
      if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${stderr()}`);
    },
  );
  return {
    url,
    child,
    log: () =>
      stderr()
        .split('\n')
        .slice(0, -1)
        .map((line) => {
          try {
            return JSON.parse(line) as Readonly<Record<string, unknown>>;
          } catch (cause) {
            throw new Error(`not a line of the log: ${line}`, { cause });
          }
        }),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return (await exited)[0];
    },
  };
}

function gather(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return () => text;
}

const usual = 30_000;

/** Waits for something to be there: as short as can be, and in the end an error that says what was last seen. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  check: () => void = () => {},
  patience = usual,
): Promise<T> {
  for (const giveUp = Date.now() + patience; ; await sleep(25)) {
    check();
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > giveUp) throw new Error(`nothing came within ${patience / 1000} s: ${look.toString()}`);
  }
}
