import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Run, scan } from './scanner.ts';
import type { Addresses, Counts } from './stand-ins.ts';
import { appYml, environmentCount, proposalsEach } from './world.ts';

/** One scan: what it took, and what it asked. */
export interface Figures extends Omit<Run, 'report'>, Counts {}

export interface Trial {
  readonly first: Figures;
  readonly second: Figures;
}

/** Two scans of a new world. Throws when they do not do what the world is made for. */
export async function runTrial(delay: number, moving: number): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-bench-'));
  const standIns = fork(fileURLToPath(new URL('./stand-ins.ts', import.meta.url)), [`${delay}`, `${moving}`]);
  try {
    const [addresses] = (await once(standIns, 'message')) as [Addresses];
    const config = join(folder, 'app.yml');
    writeFileSync(config, appYml(addresses, join(folder, 'data')));
    const measured = async (opened: number): Promise<Figures> => {
      const { report, ...run } = await scan(config);
      check(report, opened);
      const answer = once(standIns, 'message');
      standIns.send('counts');
      const [counts] = (await answer) as [Counts];
      return { ...run, ...counts };
    };
    return { first: await measured(environmentCount * proposalsEach), second: await measured(0) };
  } finally {
    if (standIns.connected) {
      standIns.disconnect();
      await once(standIns, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

function check({ proposals, errors }: Run['report'], opened: number): void {
  const found = proposals.filter(({ action }) => action === 'open').length;
  const other = proposals.filter(({ action }) => action !== 'open' && action !== 'keep').length;
  if (found === opened && other === 0 && errors.length === 0) return;
  throw new Error(
    `the scan opened ${found} proposals instead of ${opened}, changed ${other} and met ${JSON.stringify(errors.slice(0, 3))}`,
  );
}
