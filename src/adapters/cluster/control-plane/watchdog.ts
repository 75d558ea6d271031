import { spawn } from 'node:child_process';

/** Waits for the end of its input, which comes when the owner is gone, however it went; then ends the process groups and removes the folder. */
const script = 'read -r _; folder=$1; shift; for group; do kill -s KILL -- "-$group"; done 2>/dev/null; rm -rf -- "$folder"';

/** The function calls it off, before any of the groups is gone: a number may be given again to somebody else. */
export function startWatchdog(folder: string, groups: readonly number[]): () => void {
  const child = spawn('/bin/sh', ['-c', script, 'lockkeeper-watchdog', folder, ...groups.map(String)], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => {}); // no shell: the next start sweeps
  child.stdin.on('error', () => {});
  return () => void child.kill('SIGKILL');
}
