import { readFile } from 'node:fs/promises';
import { version } from '../cli/version.ts';
import { apiRoom } from '../dashboard/api/room.ts';
import { createManual, isOpen } from '../dashboard/manual.ts';
import type { Room } from '../dashboard/room.ts';
import { createSite, type Rest } from '../dashboard/site.ts';
import type { Site } from '../domain/site.ts';

interface Pages {
  readonly site: Site;
  readonly open: (path: string) => boolean;
}

interface PageParts {
  readonly rooms: readonly Room[];
  readonly rest: Rest | undefined;
}

/** The pages that people see: the rooms, repositories of the embedded forge, where there is one, and what the rules of validation are. */
export function createPages({ rooms, rest }: PageParts): Pages {
  const site = createSite({ rooms: [...rooms, apiRoom(rooms, version)], ...(rest !== undefined && { rest }), now: () => new Date() });
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
