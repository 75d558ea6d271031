import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** By what their arguments say, the servers of one control plane; its folder's name is like no other. */
export const dataOption = (folder: string): string => `--data-dir=${folder}/etcd`;
export const certificatesOption = (folder: string): string => `--cert-dir=${folder}/certificates`;

/** Ends the servers that run in this folder: those with its path in their arguments, whatever their number. */
export async function killThoseIn(folder: string): Promise<void> {
  const ours = [dataOption(folder), certificatesOption(folder)];
  for (;;) {
    const found = (await runningProcesses()).filter(({ args }) => ours.some((option) => args.includes(option)));
    if (found.length === 0) return;
    for (const { pid } of found) kill(pid);
    await sleep(20);
  }
}

interface Running {
  readonly pid: number;
  readonly args: readonly string[];
}

async function runningProcesses(): Promise<readonly Running[]> {
  if (process.platform !== 'linux') return fromPs();
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = async (pid: string): Promise<Running> => {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // gone in the meantime; a dead one has an empty line
    return { pid: Number(pid), args: line.split('\0') };
  };
  return Promise.all(pids.map(read));
}

async function fromPs(): Promise<readonly Running[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,state=,args='], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split('\n').flatMap((line) => {
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
