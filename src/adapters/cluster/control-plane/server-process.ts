import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A program that runs until it is killed. */
export interface ServerProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** Says how it ended, once it has, whoever ended it. */
  readonly exited: Promise<string>;
  /** The last lines it wrote, oldest first. */
  tail(): string;
  /** At once; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ServerProgram {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Where it runs. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

const tailLines = 20;
const longestLine = 1000;

/** Nothing of ours: neither secrets nor settings that these programs would read (`ETCD_…`). */
export function environment(): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** In a process group of its own, so that Ctrl-C reaches us alone and it is ended in order. */
export function startProcess({ name, file, args, folder, log }: ServerProgram): ServerProcess {
  const child = spawn(file, args, { cwd: folder, env: environment(), detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const note = (text: string): void => {
    const line = text.slice(0, longestLine);
    lines.push(line);
    if (lines.length > tailLines) lines.shift();
    log(`${name}: ${line}`);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', note);
  const exited = ending(child);
  return {
    name,
    pid: child.pid,
    exited,
    tail: () => lines.join('\n'),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`));
  });
}
