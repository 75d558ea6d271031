import { execFile, spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { makeFolder } from '../adapters/make-folder.ts';
import { OutsideError } from '../domain/errors.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Commit {
  readonly kind: 'commit';
  /** Names the commit in `parents` and `Tag.of`; counts from 1. */
  readonly mark: number;
  /** Marks; the first one's files are those that the change starts from. */
  readonly parents: readonly number[];
  readonly author: Person;
  /** Seconds since 1970. */
  readonly time: number;
  /** `{commit 7}` stands for the hash of the commit marked 7, which has to come before. */
  readonly message: string;
  /** Where it is not `main`. */
  readonly branch?: string;
  /** Path → new text; null deletes. */
  readonly files: Readonly<Record<string, string | null>>;
}

export interface Tag {
  readonly kind: 'tag';
  readonly name: string;
  readonly of: number;
  /** Annotated where given. */
  readonly annotation?: { readonly author: Person; readonly time: number; readonly text: string };
}

export type Step = Commit | Tag;

/** Nobody's own configuration, hooks or templates may change what is made. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TEMPLATE_DIR: '',
  LC_ALL: 'C',
};

/** Runs git in a repository; gives what it printed. Throws OutsideError with what git said. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', directory, ...args], { env: environment, maxBuffer: 1 << 26 });
    return stdout;
  } catch (cause) {
    throw new OutsideError(directory, `git ${args[0]} in ${directory}`, { cause });
  }
}

/** Makes a bare repository whose `main` ends at the last commit; the same steps give the same hashes everywhere. */
export async function createRepository(directory: string, steps: readonly Step[]): Promise<void> {
  makeFolder(directory);
  await git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha1');
  const marksFile = join(directory, 'marks');
  let rest = steps;
  while (rest.length > 0) {
    const marks = await readMarks(marksFile);
    const waiting = rest.findIndex((step) => step.kind === 'commit' && missing(step.message, marks));
    const ready = waiting < 0 ? rest : rest.slice(0, waiting);
    if (ready.length === 0) throw new Error(`step refers to a commit that no earlier step makes: ${JSON.stringify(rest[0])}`);
    await fastImport(directory, marksFile, ready.map((step) => stepText(step, marks)).join(''));
    rest = rest.slice(ready.length);
  }
  await rm(marksFile, { force: true });
}

/** Tags, and the commits that they point to, through annotations. */
export async function tagsOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const format = '%(refname:strip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)';
  const lines = (await git(directory, 'for-each-ref', 'refs/tags', `--format=${format}`)).split('\n').filter(Boolean);
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
}

const reference = /\{commit (\d+)\}/g;

const missing = (message: string, marks: ReadonlyMap<string, string>): boolean =>
  [...message.matchAll(reference)].some(([, mark = '']) => !marks.has(mark));

async function readMarks(file: string): Promise<ReadonlyMap<string, string>> {
  const lines = await readFile(file, 'utf8').catch(() => '');
  return new Map([...lines.matchAll(/^:(\d+) ([0-9a-f]+)$/gm)].map(([, mark = '', hash = '']) => [mark, hash]));
}

async function fastImport(directory: string, marksFile: string, stream: string): Promise<void> {
  const args = ['fast-import', '--quiet', `--import-marks-if-exists=${marksFile}`, `--export-marks=${marksFile}`];
  const child = spawn('git', ['-C', directory, ...args], { env: environment, stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.on('error', () => undefined).end(stream);
  const [said, code] = await Promise.all([text(child.stderr), ended]);
  if (code !== 0) throw new OutsideError(directory, `git fast-import in ${directory}: ${said.trim()}`);
}

/** https://git-scm.com/docs/git-fast-import#_input_format */
function stepText(step: Step, marks: ReadonlyMap<string, string>): string {
  if (step.kind === 'tag') {
    const { annotation, name, of } = step;
    if (annotation === undefined) return `reset refs/tags/${name}\nfrom :${of}\n\n`;
    return `tag ${name}\nfrom :${of}\ntagger ${stamp(annotation.author, annotation.time)}\n${data(annotation.text)}`;
  }
  const message = step.message.replaceAll(reference, (_, mark: string) => marks.get(mark) ?? '');
  const by = stamp(step.author, step.time);
  const parents = step.parents.map((mark, index) => `${index === 0 ? 'from' : 'merge'} :${mark}\n`).join('');
  const files = Object.entries(step.files).map(([path, content]) =>
    content === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(content)}`,
  );
  const head = `commit refs/heads/${step.branch ?? 'main'}\nmark :${step.mark}\nauthor ${by}\ncommitter ${by}\n${data(message)}`;
  return `${head}${parents}${files.join('')}\n`;
}

const stamp = ({ name, email }: Person, time: number): string => `${name} <${email}> ${time} +0000`;

const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}\n`;
