import { Writable } from 'node:stream';
import type { ExitCode, Io, Sink } from '../../src/cli/io.ts';
import { run } from '../../src/cli/program.ts';

/** A stream that keeps what was written. */
export function sink(terminal: { readonly isTTY?: boolean; readonly columns?: number } = {}): Sink & { readonly text: () => string } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, terminal, { text: () => written.join('') });
}

/** What one call of the command line printed. */
export interface Call {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** `lockkeeper ARGV` in this process. */
export async function call(argv: readonly string[], env: Io['env'] = {}): Promise<Call> {
  const [stdout, stderr] = [sink(), sink()];
  const exit = await run(argv, { stdout, stderr, env });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}
