import { GitFailed, git } from '../git-repository.ts';
import { type Call, projectOf, type Reply } from './call.ts';
import { resolve } from './commits.ts';
import type { TreeObject } from './description/repositories.ts';
import { notFound, optional, Refused, text } from './parameters.ts';

const types: Readonly<Record<string, TreeObject['type']>> = { '040000': 'tree', '160000': 'commit' };

/** By keyset, a link to the next page after every full one (lib/gitlab/pagination/gitaly_keyset_pager.rb of GitLab). */
export async function listTree(call: Call): Promise<Reply> {
  const { given } = call;
  const folder = text(given, 'path').replaceAll(/^\/+|\/+$/g, '');
  const size = Number(given['per_page'] ?? 20);
  if (given['pagination'] !== 'keyset' || size > 100) throw new Refused(400, { error: 'this stand-in knows keyset pages of at most 100' });
  const all = await entries(call, folder);
  const after = optional(given, 'page_token');
  const start = after === undefined ? 0 : all.findIndex(({ path }) => tokenOf(path) === after) + 1;
  const body = all.slice(start, start + size);
  const last = body.at(-1);
  if (body.length < size || last === undefined || start + size >= all.length) return { status: 200, body };
  const query = new URLSearchParams(call.query);
  query.set('page_token', tokenOf(last.path));
  return { status: 200, body, headers: { link: `<${call.world.url}/api/v4${call.path}?${query.toString()}>; rel="next"` } };
}

const tokenOf = (path: string): string => Buffer.from(JSON.stringify({ file_name: path })).toString('base64');

async function entries(call: Call, folder: string): Promise<readonly TreeObject[]> {
  const project = projectOf(call);
  const commit = await resolve(project, optional(call.given, 'ref') ?? project.defaultBranch, 'Tree');
  const tree = folder === '' ? `${commit}^{tree}` : `${commit}:${folder}`;
  const recursive = call.given['recursive'] === true ? ['-r', '-t'] : [];
  try {
    await git(project.directory, ['cat-file', 'tree', tree]);
    const listed = await git(project.directory, ['ls-tree', '-z', ...recursive, tree]);
    return listed
      .toString()
      .split('\0')
      .filter(Boolean)
      .map((line) => toEntry(line, folder));
  } catch (error) {
    throw error instanceof GitFailed ? notFound('invalid revision or path') : error;
  }
}

function toEntry(line: string, folder: string): TreeObject {
  const [, mode = '', id = '', at = ''] = /^(\d+) \w+ (\w+)\t(.*)$/s.exec(line) ?? [];
  const path = folder === '' ? at : `${folder}/${at}`;
  return { id, name: path.slice(path.lastIndexOf('/') + 1), type: types[mode] ?? 'blob', path, mode };
}

export async function rawBlob(call: Call): Promise<undefined> {
  const project = projectOf(call);
  const content = await git(project.directory, ['cat-file', 'blob', call.parts[1] ?? '']).catch((error: unknown) => {
    throw error instanceof GitFailed ? notFound('Blob') : error;
  });
  call.response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': content.length }).end(content);
  return undefined;
}
