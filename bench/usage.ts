import { readFileSync, writeSync } from 'node:fs';

/** What a process has used up, as it tells in its last moment. */
export interface Usage {
  /** User and system, seconds. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
}

/** Of this very program: `getrusage` also counts what the parent held in memory when it forked. */
function peak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // no Linux
  }
  return process.resourceUsage().maxRSS * 1024;
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage: Usage = { cpu: (userCPUTime + systemCPUTime) / 1e6, memory: peak() };
  writeSync(3, JSON.stringify(usage));
});
