import { readFile } from 'node:fs/promises';
import { createLocalPages } from '../adapters/forges/local/pages.ts';
import { repositoryRef } from '../config/repository.ts';
import type { Config } from '../config/schema.ts';
import { createManual, isOpen } from '../dashboard/manual.ts';
import { createRepositories } from '../dashboard/repositories/repositories.ts';
import { requestsRoom } from '../dashboard/requests/room.ts';
import type { Room } from '../dashboard/room.ts';
import { createSite } from '../dashboard/site.ts';
import type { PagesSource } from '../domain/pages.ts';
import type { Site } from '../domain/site.ts';

interface Pages {
  readonly site: Site;
  readonly open: (path: string) => boolean;
}

interface PageParts {
  readonly warn: (text: string) => void;
  /** Beside those that need nothing but app.yml. */
  readonly rooms: readonly Room[];
}

/** The pages that people see: merge requests of the embedded forge, where there is one, what the rooms have, and what the rules of validation are. */
export function createPages({ forges, environments, server }: Config, { warn, rooms }: PageParts): Pages {
  const [local] = Object.entries(forges).flatMap(([name, forge]) => (forge.type === 'local' ? [{ name, path: forge.path }] : []));
  const source = local === undefined ? nothing : pagesOf(local, environments, server.url, warn);
  const site = createSite({
    rooms: [...rooms, requestsRoom(source)],
    rest: createRepositories(source),
    now: () => new Date(),
  });
  const manual = createManual(readDocs);
  return {
    site: async (request) => (request.method === 'GET' ? await manual(request.path) : undefined) ?? site(request),
    open: isOpen,
  };
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
