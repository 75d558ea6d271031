import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** False once nobody has that number, or only a dead process whose parent has not looked yet. */
export function runs(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes with that text among their arguments. */
export function processesWith(text: string): readonly number[] {
  const arguments_ = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) && arguments_(name).includes(text) ? [Number(name)] : []));
}

/** Waits for what comes of itself; the test's own time limit is the end of patience. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}
