import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
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
  for (const file of await filesOf(template)) {
    const content = await readFile(join(template, file));
    const text = file === 'environment.yml' && environmentName(name, noNames) === undefined ? named(content.toString(), name) : content;
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), text, { flag: 'wx' });
  }
  output.print(nextSteps(directory, name));
  return 0;
}

const noNames = { forges: [], clusters: [], environments: [], listed: [], discovers: false };

/** A folder in which git was started and nothing else is empty enough. */
async function refuseUnlessEmpty(directory: string, target: string): Promise<void> {
  try {
    const [first] = (await readdir(target)).filter((entry) => entry !== '.git');
    if (first !== undefined) throw new UsageError(`${directory} is not empty (it holds ${first}): name a new or an empty folder`);
  } catch (error) {
    const code = Error.isError(error) && 'code' in error ? error.code : undefined;
    if (code === 'ENOTDIR') throw new UsageError(`${directory} is not a folder: name a new or an empty folder`, { cause: error });
    if (code !== 'ENOENT') throw error;
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const named = (environment: string, name: string): string =>
  environment.replace(/^name: .*?(?=\s+#|$)/m, () => `name: ${JSON.stringify(name)}`);

const nextSteps = (directory: string, name: string): string => `${directory} is a new environment repository. Next:
  1. Put your Kubernetes manifests into ${join(directory, 'manifests')}, or bundle URLs into ${join(directory, 'environment.yml')}.
  2. Commit it and push it to your forge.
  3. Name it in app.yml, and check that file with: lockkeeper config check

     environments:
       - name: ${name}
         repository: FORGE:PATH`;
