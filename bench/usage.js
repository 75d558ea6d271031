// JavaScript, because what Node needs to read TypeScript would count as the program's own.
import { readFileSync, writeSync } from 'node:fs';

/** A file of `/proc/self`; empty where there is no Linux. */
function told(name) {
  try {
    return readFileSync(`/proc/self/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Bytes, of this very program: `getrusage` also counts what the parent held in memory when it forked. */
function peak() {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(told('status')) ?? [];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) * 1024;
}

/** Seconds of the processes that it started and that have ended, in ticks of a hundredth: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function ofChildren() {
  const stat = told('stat');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number);
  return (user + system) / 100;
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6 + ofChildren(), memory: peak() }));
});
