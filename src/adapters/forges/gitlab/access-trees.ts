import type { Readable } from 'node:stream';
import type { RepositoryTreeSchema } from '@gitbeaker/rest';
import type { TreeEntry } from '../../../domain/access-forge.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { GitLabApi } from './api.ts';

/** @gitbeaker's types forget that a raw blob can be streamed too. */
const streamed: object = { asStream: true };

const pageSize = 100;
const mostPages = 200;
export const folderMode = '040000';

export interface TreePlace {
  readonly commit: string;
  /** `''` is the root. */
  readonly folder: string;
}

/** What git has at a commit: https://docs.gitlab.com/api/repositories/ */
export class AccessTrees {
  readonly #api: GitLabApi;

  constructor(api: GitLabApi) {
    this.#api = api;
  }

  /** The folder is looked for from the root: GitLab says 404 of a commit and of a folder that is not there. */
  async entries(path: string, commit: string, folder: string): Promise<readonly TreeEntry[]> {
    let above = '';
    for (const name of folder.split('/')) {
      const at = above === '' ? name : `${above}/${name}`;
      const found = (await this.list(path, { commit, folder: above })).find((entry) => entry.path === at);
      if (found?.mode !== folderMode) return [];
      above = at;
    }
    return this.below(path, { commit, folder });
  }

  /** Everything but folders below a folder that is there, at any depth. */
  async below(path: string, place: TreePlace): Promise<readonly TreeEntry[]> {
    return (await this.#read(path, place, true)).filter(({ mode }) => mode !== folderMode);
  }

  /** What lies right in a folder that is there. */
  list(path: string, place: TreePlace): Promise<readonly TreeEntry[]> {
    return this.#read(path, place, false);
  }

  async #read(path: string, place: TreePlace, recursive: boolean): Promise<readonly TreeEntry[]> {
    const read = await this.#pages(path, place, recursive, pageSize);
    // A full last page may be one whose link to the next a proxy took away: then another page size gives another number.
    const isFull = read.length > 0 && read.length % pageSize === 0;
    const again = isFull ? await this.#pages(path, place, recursive, pageSize - 3) : read;
    const paths = new Set(read.map((entry) => entry.path));
    if (read.length < mostPages * (pageSize - 3) && again.length === read.length && paths.size === read.length) return read;
    throw new OutsideError(`${this.#api.name}:${path}`, `${doing(place)} ${path}: not all of it could be read`);
  }

  /** @gitbeaker follows the links of keyset paging up to the bound. */
  async #pages(path: string, place: TreePlace, recursive: boolean, perPage: number): Promise<readonly TreeEntry[]> {
    const { commit: ref, folder } = place;
    const options = { ref, recursive, pagination: 'keyset', perPage, maxPages: mostPages, ...(folder !== '' && { path: folder }) } as const;
    const found = await this.#api.ask(doing(place), path, ({ repositories }) =>
      repositories.allRepositoryTrees(path, options as Parameters<typeof repositories.allRepositoryTrees>[1]),
    );
    return (found as readonly RepositoryTreeSchema[]).map(({ path: at, mode, id }) => ({ path: at, mode, id }));
  }

  async blob(path: string, id: string, limit: number): Promise<Uint8Array | undefined> {
    const stream = await this.#api.ask(`reading blob ${id} of`, path, ({ repositories }) => repositories.showBlobRaw(path, id, streamed));
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of stream as unknown as Readable as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) return undefined;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}

const doing = ({ commit, folder }: TreePlace): string => `listing ${folder === '' ? 'the root' : folder} at commit ${commit} of`;
