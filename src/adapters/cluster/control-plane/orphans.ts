import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** By what their arguments say, the servers of one control plane; its folder's name is like no other. */
export const dataOption = (folder: string): string => `--data-dir=${folder}/etcd`;
export const certificatesOption = (folder: string): string => `--cert-dir=${folder}/certificates`;

/** Looks before what will not end is given up, and milliseconds between two of them. */
const [looks, pause] = [500, 20];

/** Ends the servers that run in this folder: those with its path in their arguments, whatever their number. Throws an Error when one does not end. */
export async function killThoseIn(folder: string): Promise<void> {
  const ours = [dataOption(folder), certificatesOption(folder)];
  for (let look = 0; look < looks; look += 1) {
    const found = (await runningProcesses()).filter(({ args }) => ours.some((option) => args.includes(option)));
    if (found.length === 0) return;
    for (const { pid } of found) kill(pid);
    await sleep(pause);
  }
  throw new Error(`the servers in ${folder} do not end`);
}

interface Running {
  readonly pid: number;
  readonly args: readonly string[];
}

async function runningProcesses(): Promise<readonly Running[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', psArguments, { maxBuffer: 64 * 1024 * 1024 });
    return runningIn(stdout);
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = async (pid: string): Promise<Running> => {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // gone in the meantime; a dead one has an empty line
    return { pid: Number(pid), args: line.split('\0') };
  };
  return Promise.all(pids.map(read));
}

const psArguments = ['-A', '-ww', '-o', 'pid=,state=,args='];

/** What `ps` says with these arguments; a process that is dead and not yet looked at does not run. */
export function runningIn(text: string): readonly Running[] {
  return text.split('\n').flatMap((line) => {
    const [pid = '', state = '', ...args] = line.trim().split(/\s+/);
    return /^\d+$/.test(pid) && !state.startsWith('Z') ? [{ pid: Number(pid), args }] : [];
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone in the meantime
  }
}
