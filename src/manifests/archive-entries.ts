import type { Header } from 'tar-stream';
import { OutsideError } from '../domain/errors.ts';
import type { Warning } from '../domain/reference.ts';
import type { ArchiveLimits } from './archive-stream.ts';

/** What to do with an entry: nothing, warn, or read it. */
export type Decision = { readonly read: string } | { readonly warning: Warning } | { readonly folder: string } | undefined;

/** What an archive is read for: to edit what may hold references, or to know every manifest that is in it, and what cannot be known. */
export type Purpose = 'edit' | 'deploy';

/** Names without `.yaml` or `.yml` that count. */
const names = { edit: ['Kustomization', '.gitattributes'], deploy: ['.gitattributes'] };

/** A longer path is nobody's, and costs time to match. */
const longestPath = 1024;

/** Decides entry by entry; remembers the top-level folder and what was read. */
export class ArchiveEntries {
  readonly #scope: string;
  readonly #limits: ArchiveLimits;
  readonly #purpose: Purpose;
  readonly #read = new Set<string>();
  #root: string | undefined;
  #count = 0;
  #kept = 0;

  constructor(scope: string, limits: ArchiveLimits, purpose: Purpose) {
    this.#scope = scope;
    this.#limits = limits;
    this.#purpose = purpose;
  }

  /** Throws OutsideError when there are too many. */
  decide(header: Header): Decision {
    this.#count += 1;
    if (this.#count > this.#limits.entries) {
      throw new OutsideError(this.#scope, `reading the archive of the repository: it has more than ${this.#limits.entries} files`);
    }
    const name = header.name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
    const problem = nameProblem(name);
    if (problem !== undefined) return warning(this.#inside(name), `${problem}: left out`);
    const slash = name.indexOf('/');
    const [root, path] = slash < 0 ? [name, ''] : [name.slice(0, slash), name.slice(slash + 1)];
    if (header.type === 'directory') {
      this.#root ??= root;
      return this.#purpose === 'deploy' && path !== '' ? { folder: path } : undefined;
    }
    if (path === '' || !this.#isWanted(header, path)) return undefined;
    this.#root ??= root;
    return root === this.#root
      ? this.#decideFile(header, path)
      : warning(name, 'lies outside the top-level folder of the archive: left out');
  }

  /** To know all manifests is to know of links, too: one may lead to a whole folder of them. */
  #isWanted({ type }: Header, path: string): boolean {
    const named = names[this.#purpose].includes(path.slice(path.lastIndexOf('/') + 1));
    if (this.#purpose === 'edit') return named || /\.ya?ml$/i.test(path);
    return named || isManifest(path) || type === 'symlink' || type === 'link';
  }

  /** As people know the file, where it lies in the top-level folder. */
  #inside(name: string): string {
    return this.#root !== undefined && name.startsWith(`${this.#root}/`) ? name.slice(this.#root.length + 1) : name;
  }

  #decideFile({ type, size }: Header, path: string): Decision {
    if (type === 'symlink' || type === 'link')
      return warning(path, 'is a link, which is not followed: what it leads to is read where it lies');
    if (type !== 'file' && type !== 'contiguous-file') return warning(path, 'is no ordinary file: left out');
    if (this.#read.has(path)) return warning(path, 'is in the archive twice: only the first is read');
    if (size > this.#limits.file) return warning(path, `has ${size} bytes, more than the ${this.#limits.file} that are read: split it`);
    this.#read.add(path);
    this.#kept += size;
    if (this.#kept > this.#limits.kept) {
      throw new OutsideError(
        this.#scope,
        `reading the archive of the repository: its YAML files have more than ${this.#limits.kept} bytes; keep large ones elsewhere`,
      );
    }
    return { read: path };
  }
}

function nameProblem(name: string): string | undefined {
  if (name.startsWith('/')) return 'is an absolute path';
  const segments = name.split('/');
  if (segments.includes('..')) return 'leads out of the repository';
  if (name.includes('\uFFFD')) return 'has a name that is not UTF-8';
  if (/\p{Cc}/u.test(name) || segments.some((segment) => segment === '' || segment === '.')) return 'has a name that no file can have';
  return name.length > longestPath ? `has a name longer than ${longestPath} characters` : undefined;
}

/** As `kubectl apply -f FOLDER` takes it. */
export const isManifest = (path: string): boolean => /\.(?:ya?ml|json)$/i.test(path);

const warning = (name: string, message: string): Decision => ({
  warning: { file: name.slice(0, 300).replaceAll(/\p{Cc}/gu, '?'), message },
});
