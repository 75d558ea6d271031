import { Writable } from 'node:stream';
import { run } from '../../src/cli/program.ts';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, with what it printed. */
export async function lockkeeper(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const [stdout, stderr] = [sink(), sink()];
  const exit = await run(argv, { stdout: stdout.stream, stderr: stderr.stream, env });
  return { exit, stdout: stdout.text(), stderr: stderr.text() };
}

function sink(): { stream: Writable; text(): string } {
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString() };
}
