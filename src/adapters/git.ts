import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { parse } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import pLimit from 'p-limit';
import { OutsideError, RefusedError, UsageError } from '../domain/errors.ts';

/** Under which commits of ours are written. */
export const identity = { name: 'Lockkeeper', email: 'lockkeeper@localhost' } as const;

interface GitCall {
  readonly input?: string | Uint8Array;
  /** Beside the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer; any other is an error. Without it, 0. */
  readonly codes?: readonly number[];
  /** Milliseconds; without it, ten minutes. */
  readonly timeoutMs?: number;
}

interface GitReply {
  readonly code: number;
  readonly out: Buffer;
}

/** The git program on one repository. `doing` says in an error's text what was being done: `reading branches`. */
export interface Git {
  /** Throws OutsideError when git says no (RefusedError for want of permission), hangs, or answers more than 64 MiB; UsageError when there is no git. */
  run(doing: string, args: readonly string[], call?: GitCall): Promise<GitReply>;
  /** Output of any size. Throws as `run` does when it fails before its first byte; a later failure destroys the stream with that error. */
  stream(doing: string, args: readonly string[]): Promise<Readable>;
}

const outputLimit = 64 * 1024 * 1024;
const complaintLimit = 4096;
/** Milliseconds: only against hanging for ever. */
const timeLimit = 10 * 60_000;

/** More at once than this only wait for each other. */
const turns = pLimit(8);

/** No hooks, no housekeeping behind our back, objects on the disk before a branch names them, no attributes of the default branch (git 2.43). */
const settings = [
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.fsync=committed',
  'log.showSignature=false',
  'attr.tree=4b825dc642cb6eb9a060e54bf8d69288fbee4904', // the empty tree
];

/** Nothing of the user's, the system's or a surrounding git command's settings; nobody is asked anything; messages are in English. */
function environment(folder: string): Record<string, string> {
  const kept = ['PATH', 'TMPDIR', 'SYSTEMROOT'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_DIR: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
}

/** `folder` is a bare repository; `scope` names it in errors: `local:platform/environments/staging`. */
export function gitIn(folder: string, scope: string): Git {
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    spawn('git', ['--bare', ...settings.flatMap((setting) => ['-c', setting]), ...args], {
      cwd: parse(folder).root,
      env: { ...environment(folder), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  const failure = (doing: string, args: readonly string[], ended: Ended): Error => {
    if (ended.missing)
      return new UsageError(`${scope}: ${doing}: git is not installed, or not in PATH; install git ${oldest.join('.')} or newer`);
    const Kind = /permission denied|insufficient permission|read-only file system/i.test(ended.complaint) ? RefusedError : OutsideError;
    return new Kind(scope, `${scope}: ${doing}: git ${subcommand(args)} ${ended.why}${hint(ended.complaint)}`);
  };
  return {
    run: (doing, args, call = {}) =>
      turns(async () => {
        const child = start(args, call.env);
        const end = ending(child, call.timeoutMs);
        const reading = collect(child);
        child.stdin.end(call.input);
        const [ended, out] = [await end, await reading];
        if (out === undefined)
          throw new OutsideError(scope, `${scope}: ${doing}: git ${subcommand(args)} answered more than ${outputLimit} bytes`);
        if (ended.code === undefined || !(call.codes ?? [0]).includes(ended.code)) throw failure(doing, args, ended);
        return { code: ended.code, out };
      }),
    async stream(doing, args) {
      const child = start(args);
      const end = ending(child);
      child.stdin.end();
      await Promise.race([once(child.stdout, 'readable'), end]);
      if (child.stdout.readableLength === 0) {
        const ended = await end;
        if (ended.code !== 0) throw failure(doing, args, ended);
      }
      const body = new PassThrough();
      child.stdout.pipe(body, { end: false });
      void end.then((ended) => (ended.code === 0 ? body.end() : body.destroy(failure(doing, args, ended))));
      body.on('close', () => {
        child.stdout.destroy();
        child.kill();
      });
      return body;
    },
  };
}

/** Settings (`-c NAME=VALUE`) stand before it. */
const subcommand = (args: readonly string[]): string => args.find((arg, index) => arg !== '-c' && args[index - 1] !== '-c') ?? '';

const oldest = [2, 39] as const;

/** Throws UsageError where there is no git, or one that is too old. */
export async function requireGit(): Promise<void> {
  const { out } = await gitIn(parse(process.cwd()).root, 'git').run('asking for its version', ['--version']);
  const [, major = '0', minor = '0'] = /(?<!\d)(\d+)\.(\d+)/.exec(out.toString()) ?? [];
  if (Number(major) > oldest[0] || (Number(major) === oldest[0] && Number(minor) >= oldest[1])) return;
  throw new UsageError(`git ${major}.${minor} is too old: install git ${oldest.join('.')} or newer`);
}

interface Ended {
  /** undefined when it was killed or never ran. */
  readonly code: number | undefined;
  readonly missing: boolean;
  readonly why: string;
  readonly complaint: string;
}

function ending(child: ChildProcess, timeoutMs: number = timeLimit): Promise<Ended> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, complaintLimit);
  });
  const limit = setTimeout(() => child.kill(), timeoutMs).unref(); // spawn's own timeout outlives a program that never started
  child.stdin?.on('error', () => {}); // git may stop reading early; its exit code says what that means
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: undefined, missing: error.code === 'ENOENT', why: `did not start: ${error.message}`, complaint });
    });
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      const said = complaint.trim().replaceAll(/(?<!\s)\s*\n\s*/g, '; ');
      const why = code === null ? `was ended by ${signal}` : said === '' ? `ended with code ${code}` : `said: ${said}`;
      resolve({ code: code ?? undefined, missing: false, why, complaint });
    });
  });
}

/** undefined when it is more than may be held in memory. */
async function collect(child: ChildProcess): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > outputLimit) child.kill();
    else chunks.push(chunk);
  });
  await once(child, 'close').catch(() => {}); // `ending` tells why it did not start
  return size > outputLimit ? undefined : Buffer.concat(chunks);
}

function hint(complaint: string): string {
  return complaint.includes('.lock') ? '; when no git command is running there, one was killed: remove that lock file' : '';
}
