import type { Readable } from 'node:stream';
import type { TreeEntry } from '../../../domain/access-forge.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { GitHubApi } from './api.ts';
import { readBytes } from './transport.ts';

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
}

/** See AccessForge. Folder by folder to the one that is wanted: of a large repository GitHub lists only a part at once. */
export async function entries(api: GitHubApi, path: string, commit: string, folder: string): Promise<readonly TreeEntry[]> {
  const { data } = await api.ask(`looking at commit ${commit} of`, path, (rest, at) => rest.git.getCommit({ ...at, commit_sha: commit }));
  let { sha } = data.tree;
  for (const name of folder.split('/')) {
    const found = (await list(api, path, sha, false)).find((entry) => entry.path === name && entry.type === 'tree');
    if (found === undefined) return [];
    sha = found.sha;
  }
  const below = await list(api, path, sha, true);
  return below.filter(({ type }) => type !== 'tree').map((entry) => ({ path: `${folder}/${entry.path}`, mode: entry.mode, id: entry.sha }));
}

async function list(api: GitHubApi, path: string, sha: string, recursive: boolean): Promise<readonly Entry[]> {
  const doing = `listing tree ${sha} of`;
  const { data } = await api.ask(doing, path, (rest, at) =>
    rest.git.getTree({ ...at, tree_sha: sha, ...(recursive ? { recursive: '1' } : {}) }),
  );
  if (data.truncated) throw new OutsideError(`${api.name}:${path}`, `${doing} ${path}: it is larger than GitHub lists`);
  return data.tree;
}

export async function blob(api: GitHubApi, path: string, id: string, limit: number): Promise<Uint8Array | undefined> {
  const headers = { accept: 'application/vnd.github.raw+json' };
  const { data } = await api.ask(`reading blob ${id} of`, path, (rest, at) =>
    rest.git.getBlob({ ...at, file_sha: id, headers, request: api.streamed }),
  );
  return readBytes(data as unknown as Readable, limit);
}
