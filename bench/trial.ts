import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Counts } from './counts.ts';
import type { Run } from './measure.ts';
import type { Scanner } from './scanner.ts';
import type { Addresses, Answers } from './stand-ins.ts';
import { firstNews, laterNews, type WorldSize } from './world.ts';

/** One scan: what it took, what it asked, and what it came to. */
export interface Figures extends Omit<Run, 'stdout'>, Counts {
  /** What is wrong with the merge requests that are open now; empty when they are those that should be. */
  readonly wrong: readonly string[];
}

export interface Trial {
  /** Of a new world. */
  readonly first: Figures;
  /** With nothing new since. */
  readonly second: Figures;
  /** After ten releases. */
  readonly third?: Figures;
}

/** Scans of a new world, one after the other. */
export async function runTrial(scanner: Scanner, delay: number, size: WorldSize, scans: 2 | 3 = 2): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
  const standIns = fork(fileURLToPath(new URL('./stand-ins.ts', import.meta.url)), [JSON.stringify({ delay, size })]);
  const ask = async <Question extends keyof Answers>(question: Question): Promise<Answers[Question]> => {
    const answered = nextMessage(standIns);
    standIns.send(question);
    return ((await answered) as { readonly answer: Answers[Question] }).answer;
  };
  try {
    const addresses = (await nextMessage(standIns)) as Addresses;
    const scan = scanner.prepare(folder, addresses, size);
    const measured = async (expected: readonly string[]): Promise<Figures> => {
      const { wall, cpu, memory } = await scan();
      const counts = await ask('counts');
      return { wall, cpu, memory, ...counts, wrong: differences(expected, await ask('opened')) };
    };
    const both = { first: await measured(firstNews(size)), second: await measured(firstNews(size)) };
    if (scans === 2) return both;
    await ask('release');
    return { ...both, third: await measured([...firstNews(size), ...laterNews()]) };
  } finally {
    if (standIns.connected) {
      standIns.disconnect();
      await once(standIns, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rejects when the process ends instead. */
function nextMessage(process: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) => reject(new Error(`the stand-ins ended with ${signal ?? code}`));
    process.once('exit', ended);
    process.once('message', (message) => {
      process.off('exit', ended);
      resolve(message);
    });
  });
}

function differences(expected: readonly string[], opened: readonly string[]): string[] {
  const [wanted, found] = [new Set(expected), new Set(opened)];
  return [
    ...[...wanted].filter((one) => !found.has(one)).map((one) => `missing: ${one}`),
    ...[...found].filter((one) => !wanted.has(one)).map((one) => `not expected: ${one}`),
    ...(opened.length === found.size ? [] : ['the same more than once']),
  ];
}
