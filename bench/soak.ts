import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { soak } from '../test/support/soak/soak.ts';
import { type Goal, median } from './goals.ts';

const megabyte = 1024 * 1024;

/** Figures, goals, and what is not as it should be. */
export interface SoakReport {
  readonly figures: Readonly<Record<string, number>>;
  readonly goals: readonly Goal[];
  readonly problems: readonly string[];
  /** With the log and the store; removed when nothing is wrong. */
  readonly folder: string;
}

/** As long as that, with faults everywhere; tells of its way on stderr. */
export async function soakFor(minutes: number, seed: number): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-soak-'));
  process.stderr.write(`${minutes} minutes, seed ${seed}, in ${folder}\n`);
  const seconds = minutes * 60;
  const settings = { folder, seed, seconds, apps: 8, faults: 0.15, pushEvery: 4000, actEvery: 5000, schedule: '*/2 * * * *' };
  const result = await soak({ ...settings, settle: 'schedule' }, (text) => void process.stderr.write(`${text}\n`));
  const resident = (from: number, until: number): number =>
    median(result.samples.flatMap((one) => (one.seconds >= from && one.seconds < until ? [one.resident] : []))) / megabyte;
  const byMinute = Array.from(
    { length: Math.floor(minutes) },
    (_, at) => [`memory in minute ${at + 1}, MB`, resident(at * 60, at * 60 + 60)] as const,
  );
  // In the first fifth it is started three times, and after that a process takes a few minutes until it has its size.
  const [middle, late] = [resident(seconds * 0.4, seconds * 0.6), resident(seconds * 0.8, seconds)];
  const heaps = result.heaps.map((bytes, at) => [`held on to ${at + 1} of ${result.heaps.length}, MB`, bytes / megabyte] as const);
  const files = readdirSync(join(folder, 'data')).filter((name) => /\.db(-wal)?$/.test(name));
  const sizes = files.map((name) => [`${name}, MB`, statSync(join(folder, 'data', name)).size / megabyte] as const);
  if (result.problems.length === 0) rmSync(folder, { recursive: true });
  return {
    folder,
    problems: result.problems,
    figures: {
      ...result.figures,
      ...Object.fromEntries([...result.answers].map(([answer, times]) => [`deliveries: ${answer}`, times])),
      'memory in the middle, MB': middle,
      'memory late, MB': late,
      ...Object.fromEntries(byMinute),
      ...Object.fromEntries(heaps),
      ...Object.fromEntries(sizes),
    },
    goals: [
      { what: 'things that are not as they should be', value: result.problems.length, most: 0 },
      { what: 'memory late ÷ in the middle', value: late / middle, most: 1.15 },
      { what: 'held on to at the end ÷ after two fifths', value: (result.heaps.at(-1) ?? 0) / (result.heaps[1] ?? 0), most: 1.15 },
      { what: 'forged deliveries that were taken', value: result.answers.get('forged 202') ?? 0, most: 0 },
      { what: 'deliveries that failed', value: result.answers.get('gitlab 500') ?? 0 + (result.answers.get('registry 500') ?? 0), most: 0 },
      { what: 'stop, seconds', value: (result.figures['stop, ms'] ?? Number.NaN) / 1000, most: 20 },
    ],
  };
}
