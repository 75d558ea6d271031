import type { ChangedPath } from '../../domain/access-forge.ts';
import { accessPath, touchesAccess } from '../request/path.ts';
import type { Evidence } from './evidence.ts';

/** What a merge request is by the paths that it changes. */
export type Shape =
  | { readonly kind: 'none' }
  | { readonly kind: 'removal' }
  /** The file that asks; or why none of it is a request, in whole sentences. */
  | { readonly kind: 'request'; readonly path: string }
  | { readonly kind: 'request'; readonly problems: readonly string[] };

const isNear = ({ path, before }: ChangedPath): boolean => touchesAccess(path) || (before !== undefined && touchesAccess(before));

/** Taking away is always allowed; what asks for something brings one file, and nothing else. */
export function shapeOf({ changes: { paths, complete } }: Pick<Evidence, 'changes'>): Shape {
  const near = paths.filter(isNear);
  if (near.length === 0) return { kind: 'none' };
  if (!complete)
    return { kind: 'request', problems: ['It changes too many files: a request for access changes one file, and nothing else.'] };
  if (near.length === paths.length && near.every(({ kind }) => kind === 'removed')) return { kind: 'removal' };
  const [one, ...more] = paths;
  if (one === undefined || more.length > 0) return { kind: 'request', problems: [tooMany(paths, near)] };
  return single(one);
}

function tooMany(paths: readonly ChangedPath[], near: readonly ChangedPath[]): string {
  const other = paths.find((one) => !near.includes(one));
  const what = other === undefined ? `${near.length} files under access/` : `${other.path} as well as ${near[0]?.path ?? ''}`;
  return `It changes ${what}: a request for access changes one file, and nothing else.`;
}

function single({ path, before, kind }: ChangedPath): Shape {
  if (kind === 'moved')
    return { kind: 'request', problems: [`It moves ${before ?? 'a file'} to ${path}: write the request as a new file.`] };
  if (accessPath(path) === undefined)
    return { kind: 'request', problems: [`${path} is no path of a request: it is access/NAMESPACE/NAME.yml, in lower case.`] };
  return { kind: 'request', path };
}

const modes: Readonly<Record<string, string>> = {
  '100755': 'an executable file',
  '120000': 'a symbolic link',
  '160000': 'a submodule',
  '040000': 'a folder',
};

/** Why what stands at the path is no file that can be read; empty where it can. */
export function unreadable({ file }: Pick<Evidence, 'file'>, path: string): readonly string[] {
  if (file === undefined) return [`${path} is not at the newest commit.`];
  if (file.mode !== '100644') return [`${path} is ${modes[file.mode] ?? `of mode ${file.mode}`}: it must be a plain file (mode 100644).`];
  return file.content === undefined ? [`${path} is too large to be a request.`] : [];
}
