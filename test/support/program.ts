import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Another process that runs this TypeScript module; import by absolute paths. Its stderr is the test's own. */
export const startProgram = (text: string): ChildProcess =>
  spawn(process.execPath, ['--input-type=module-typescript', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] });

/** What it wrote to stdout, and its exit code (null when it was killed), once it has ended. */
export async function ended(child: ChildProcess): Promise<{ readonly out: string; readonly code: number | null }> {
  let out = '';
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { out, code };
}
