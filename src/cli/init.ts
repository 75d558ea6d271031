import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { makeFolder } from '../adapters/make-folder.ts';
import { environmentName } from '../config/said.ts';
import { UsageError } from '../domain/errors.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';

const template = resolve(import.meta.dirname, '../../environments-template');

/** `lockkeeper init DIR`: a new environment repository, named after its folder. Writes only into an empty one. */
export async function runInit(directory: string, { output }: Pick<Context, 'output'>): Promise<ExitCode> {
  const target = resolve(directory);
  await refuseUnlessEmpty(directory, target);
  const name = basename(target);
  try {
    await writeTemplate(target, name);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new UsageError(`${directory} cannot be written: name a folder that can`, { cause: error });
  }
  output.print(nextSteps(directory, name));
  return 0;
}

async function writeTemplate(target: string, name: string): Promise<void> {
  for (const file of await filesOf(template)) {
    const content = await readFile(join(template, file));
    const text = file === 'environment.yml' && environmentName(name, noNames) === undefined ? named(content.toString(), name) : content;
    makeFolder(dirname(join(target, file)));
    await writeFile(join(target, file), text, { flag: 'wx' });
  }
}

const noNames = { forges: [], clusters: [], environments: [], listed: [], discovers: false };

/** A folder in which git was started and nothing else is empty enough. */
async function refuseUnlessEmpty(directory: string, target: string): Promise<void> {
  const [first] = (await entriesOf(directory, target)).filter((entry) => entry !== '.git');
  if (first !== undefined) throw new UsageError(`${directory} is not empty (it holds ${first}): name a new or an empty folder`);
}

async function entriesOf(directory: string, target: string): Promise<string[]> {
  try {
    return await readdir(target);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return [];
    const reason = code === 'ENOTDIR' ? 'is not a folder' : 'cannot be looked into';
    throw new UsageError(`${directory} ${reason}: name a new or an empty folder`, { cause: error });
  }
}

/** `EACCES`, …: what the machine refused; undefined for anything else. */
function systemCode(error: unknown): string | undefined {
  return Error.isError(error) && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const named = (environment: string, name: string): string => environment.replace(/^name: \S+/m, () => `name: ${JSON.stringify(name)}`);

const nextSteps = (directory: string, name: string): string => `${directory} is a new environment repository. Next:
  1. Put your Kubernetes manifests into ${join(directory, 'manifests')}, or bundle URLs into ${join(directory, 'environment.yml')}.
  2. Commit it and push it to your forge.
  3. Name it in app.yml, and check that file with: lockkeeper config check

     environments:
       - name: ${name}
         repository: FORGE:PATH`;
