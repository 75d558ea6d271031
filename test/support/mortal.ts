import childProcess, { type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import sqlite from 'node:sqlite';

/*
 * Loaded with `--import` before a program: counts every git process it starts, every file it changes and every row it stores, and at
 * the step of that number does to it what the environment says; without one, writes the number of steps when the program ends.
 */
const { MORTAL_STEP: step = '', MORTAL_HOW: how = 'die', MORTAL_COUNT: count = '' } = process.env;
let taken = 0;

/** True when it is this step that shall fail; whoever dies does not come back. */
function fails(): boolean {
  taken += 1;
  if (taken !== Number(step)) return false;
  if (how === 'die') process.kill(process.pid, 'SIGKILL');
  return true;
}

type Any = (...args: never[]) => unknown;

/** The method counts; in `instead` of failing nothing is done but what that gives. */
function counted<T extends object>(of: T, name: keyof T & string, instead: (work: () => unknown) => unknown): void {
  const real = of[name] as Any;
  Object.assign(of, {
    [name](this: unknown, ...args: never[]) {
      const work = () => Reflect.apply(real, this, args) as unknown;
      return fails() ? instead(work) : work();
    },
  });
}

const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });

for (const name of ['open', 'rename', 'rm', 'mkdir', 'mkdtemp', 'writeFile'] as const)
  counted(promises, name, () => Promise.reject(full()));
const spawn = childProcess.spawn as (command: string, args: readonly string[], options: object) => ChildProcess;
Object.assign(childProcess, {
  spawn: (command: string, args: readonly string[], options: object): ChildProcess => {
    if (!fails()) return spawn(command, args, options);
    const script = how === 'fail-after' ? '"$@"; kill -9 $$' : 'kill -9 $$';
    return spawn('sh', ['-c', script, 'sh', command, ...args], options);
  },
});
for (const name of ['run'] as const)
  counted(sqlite.StatementSync.prototype, name, () => {
    throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
  });
syncBuiltinESMExports();

if (count !== '') process.on('exit', () => writeFileSync(count, String(taken)));
