import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A file as it stands in a tree; a plain string or buffer is an ordinary file. `undefined` removes it. */
export type FileContent = string | Buffer | { readonly mode: '100644' | '100755' | '120000'; readonly content: string | Buffer };
export type Files = Readonly<Record<string, FileContent | undefined>>;

export interface Identity {
  readonly name: string;
  readonly email: string;
}

export interface TreeEntry {
  readonly mode: string;
  readonly content: Buffer;
}

export const person: Identity = { name: 'Ada Lovelace', email: 'ada@example.com' };

/** A git command that failed, with what it wrote to stderr and its exit code. */
export class GitFailed extends Error {
  readonly code: number | undefined;
  constructor(text: string, code: unknown) {
    super(text);
    this.code = typeof code === 'number' ? code : undefined;
  }
}

interface Answered {
  readonly id: number;
  readonly stdout: Uint8Array;
  readonly failed?: string;
  readonly code?: unknown;
}

interface Asked {
  readonly question: {
    readonly directory: string;
    readonly args: readonly string[];
    readonly input: Buffer | string;
    readonly env: object;
  };
  readonly resolve: (stdout: Buffer) => void;
  readonly reject: (error: Error) => void;
}

let runner: { ask(asked: Asked): void } | undefined;

/** Ends when nobody has asked for anything for a while, and keeps nobody waiting. */
function startRunner(): { ask(asked: Asked): void } {
  const child: ChildProcess = fork(join(import.meta.dirname, 'git-runner.js'), { serialization: 'advanced', execArgv: [] });
  const waiting = new Map<number, Asked>();
  let count = 0;
  child.on('message', ({ id, stdout, failed, code }: Answered) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) child.channel?.unref();
    if (failed === undefined) asked?.resolve(Buffer.from(stdout));
    else asked?.reject(new GitFailed(`git ${asked.question.args.slice(2).join(' ')}: ${failed}`, code));
  });
  const started = {
    ask(asked: Asked): void {
      count += 1;
      waiting.set(count, asked);
      child.channel?.ref();
      child.send({ id: count, ...asked.question }, () => {}); // one that has just ended is noticed when it disconnects
    },
  };
  child.once('disconnect', () => {
    if (runner === started) runner = undefined;
    for (const asked of waiting.values()) run(asked); // it ends when it is idle: none of these was begun
  });
  child.unref();
  child.channel?.unref();
  return started;
}

function run(asked: Asked): void {
  runner ??= startRunner();
  runner.ask(asked);
}

export function git(directory: string, args: readonly string[], options: { input?: Buffer | string; env?: Record<string, string> } = {}) {
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0', ...options.env };
  const question = { directory, args: ['-c', 'safe.directory=*', ...args], input: options.input ?? '', env };
  return new Promise<Buffer>((resolve, reject) => run({ question, resolve, reject }));
}

export const gitText = async (directory: string, args: readonly string[], options: Parameters<typeof git>[2] = {}): Promise<string> =>
  (await git(directory, args, options)).toString().trim();

export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await git('.', ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`, directory]);
}

export interface NewCommit {
  readonly branch: string;
  readonly files: Files;
  readonly message: string;
  /** The branch's own head when absent; a commit without a parent when null. */
  readonly parent?: string | null;
  readonly author?: Identity;
  readonly committer?: Identity;
  /** Seconds since 1970; now when absent. */
  readonly time?: number;
}

const quoted = (path: string): string => `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const data = (content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as Buffer);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
};

function fileCommand(path: string, file: FileContent | undefined): Buffer {
  if (file === undefined) return Buffer.from(`D ${quoted(path)}\n`);
  const { mode, content } = typeof file === 'string' || Buffer.isBuffer(file) ? { mode: '100644', content: file } : file;
  return Buffer.concat([Buffer.from(`M ${mode} inline ${quoted(path)}\n`), data(content)]);
}

/** One commit with one process: the branch becomes `parent` plus these files, and the new commit is given. */
export async function commitFiles(directory: string, commit: NewCommit): Promise<string> {
  const parent = commit.parent === undefined ? await branchHead(directory, commit.branch) : (commit.parent ?? undefined);
  const ref = `refs/heads/${commit.branch}`;
  const when = `${commit.time ?? Math.floor(Date.now() / 1000)} +0000`;
  const identity = (of: Identity): string => `${of.name} <${of.email}> ${when}`;
  const author = commit.author ?? person;
  const input = Buffer.concat([
    Buffer.from(`commit ${ref}\nmark :1\nauthor ${identity(author)}\ncommitter ${identity(commit.committer ?? author)}\n`),
    data(commit.message),
    Buffer.from(parent === undefined ? '' : `from ${parent}\n`),
    ...Object.entries(commit.files).map(([path, file]) => fileCommand(path, file)),
    Buffer.from('\nget-mark :1\ndone\n'),
  ]);
  return gitText(directory, ['fast-import', '--quiet', '--force', '--done', '--cat-blob-fd=1'], { input });
}

/** Replaces the branch's last commit by one with the same tree and author and another committer, as `git commit --amend` does. */
export async function amend(directory: string, branch: string, committer: Identity = person): Promise<string> {
  const shown = await gitText(directory, ['show', '--no-patch', '--format=%T%n%P%n%an%n%ae%n%aI%n%B', `refs/heads/${branch}`]);
  const [tree = '', parents = '', name = '', email = '', date = '', ...message] = shown.split('\n');
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
  };
  const parentArgs = parents.split(' ').flatMap((parent) => (parent === '' ? [] : ['-p', parent]));
  const sha = await gitText(directory, ['commit-tree', tree, ...parentArgs], { input: message.join('\n'), env });
  await git(directory, ['update-ref', `refs/heads/${branch}`, sha]);
  return sha;
}

export async function branchHead(directory: string, branch: string): Promise<string | undefined> {
  const listed = await gitText(directory, ['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
  return listed === '' ? undefined : listed.split('\n')[0];
}

/** Every file of the commit, by path. */
export async function readTree(directory: string, revision: string): Promise<Record<string, TreeEntry>> {
  const listed = (await git(directory, ['ls-tree', '-r', '-z', revision])).toString().split('\0').filter(Boolean);
  const entries = listed.map(async (line) => {
    const [, mode = '', sha = '', path = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
    return [path, { mode, content: await git(directory, ['cat-file', 'blob', sha]) }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The tree of a merge; undefined where it conflicts, or the two have nothing in common. */
export async function mergedTree(directory: string, target: string, source: string): Promise<string | undefined> {
  try {
    return (await gitText(directory, ['merge-tree', '--write-tree', target, source])).split('\n')[0];
  } catch (error) {
    if (error instanceof GitFailed && (error.code === 1 || error.message.includes('unrelated histories'))) return undefined;
    throw error;
  }
}
