import { readFile } from 'node:fs/promises';
import { createLocalPages } from '../adapters/forges/local/pages.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import { createManual } from '../dashboard/manual.ts';
import { createSite, type Site } from '../dashboard/site.ts';
import type { PagesSource } from '../domain/pages.ts';

/** The pages that people see: merge requests of the embedded forge, where there is one, and what the rules of validation are. */
export function createPages({ forges, environments, server }: Config, warn: (text: string) => void): Site {
  const [local] = Object.entries(forges).flatMap(([name, forge]) => (forge.type === 'local' ? [{ name, path: forge.path }] : []));
  const site = createSite(local === undefined ? nothing : pagesOf(local, environments, server.url, warn), () => new Date());
  const manual = createManual(readDocs);
  return async (path) => (await manual(path)) ?? site(path);
}

/** As they came with the program. */
async function readDocs(file: string): Promise<string | undefined> {
  try {
    return await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  } catch {
    return undefined;
  }
}

const nothing: PagesSource = {
  list: async () => [],
  mergeRequest: async () => undefined,
  diff: async () => undefined,
  commit: async () => undefined,
  repository: async () => undefined,
};

function pagesOf(
  { name, path }: { readonly name: string; readonly path: string },
  environments: Config['environments'],
  url: string,
  warn: (text: string) => void,
): PagesSource {
  const names = environments.flatMap((one): [path: string, name: string][] => {
    const ref = 'repository' in one ? repositoryRef(one.repository) : undefined;
    return ref === undefined || !('name' in one) || ref.forge !== name ? [] : [[ref.path, one.name]];
  });
  return createLocalPages({ name, path, url, environments: new Map(names), warn });
}
