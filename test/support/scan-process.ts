import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BusyWorld } from './disturbed-scan.ts';

const root = join(import.meta.dirname, '../..');

/** What `mortal.ts` shall do. */
export interface Mortal {
  readonly step?: number;
  /** `die` is SIGKILL; a git process that fails may have had its effect. */
  readonly how?: 'die' | 'fail' | 'fail-after';
  /** A file for the number of steps. */
  readonly count?: string;
}

/** `lockkeeper scan`, or another command, as people run it. */
export function startScan(
  { config, env }: Pick<BusyWorld, 'config' | 'env'>,
  { step, how, count }: Mortal = {},
  command: readonly string[] = ['scan'],
): ChildProcess {
  const told = {
    ...(step !== undefined && { MORTAL_STEP: String(step) }),
    ...(how !== undefined && { MORTAL_HOW: how }),
    ...(count !== undefined && { MORTAL_COUNT: count }),
  };
  const mortal = ['--import', join(root, 'test/support/mortal.ts')];
  const argv = [...mortal, join(root, 'bin/lockkeeper.js'), ...command, '--config', config, '--log-level', 'silent'];
  return spawn(process.execPath, argv, { env: { PATH: process.env['PATH'], ...env, ...told }, stdio: 'ignore' });
}

/** How it ended. */
export async function exitOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return { code: child.exitCode, signal: child.signalCode };
}
