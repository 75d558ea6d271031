import type { ForgeTraits, MergedRequest, ReleaseNote, SourceCommit, SourceForge, Tag } from '../../src/domain/forge.ts';

/** What a pretended source repository holds; commits oldest first. */
export interface SourceContent {
  readonly commits?: readonly SourceCommit[];
  readonly tags?: readonly Tag[];
  readonly merged?: readonly MergedRequest[];
  readonly notes?: readonly ReleaseNote[];
  readonly files?: Readonly<Record<string, string>>;
  /** Methods that fail with this error. */
  readonly failing?: Readonly<Partial<Record<keyof SourceForge, Error>>>;
}

export interface PretendedForge extends SourceForge {
  /** Every question asked, as `history v1 v2`. */
  readonly asked: string[];
}

/** A forge in memory with the given projects. */
export function pretendForge(traits: Partial<ForgeTraits>, projects: Readonly<Record<string, SourceContent>>): PretendedForge {
  const full: ForgeTraits = { name: 'gitlab', type: 'gitlab', descriptionLimit: 1_000_000, url: 'https://gitlab.example.com', ...traits };
  const asked: string[] = [];
  const ask = <T>(method: keyof SourceForge, path: string, args: readonly string[], answer: (content: SourceContent) => T): Promise<T> => {
    asked.push([method, ...args].join(' '));
    const failure = projects[path]?.failing?.[method];
    return failure === undefined ? Promise.resolve(answer(projects[path] ?? {})) : Promise.reject(failure);
  };
  const projectUrl = (path: string): string => `${full.url}/${path}`;
  return {
    asked,
    traits: full,
    projectUrl,
    exists: (path) => ask('exists', path, [path], () => path in projects),
    tags: (path, containing) => ask('tags', path, [containing], ({ tags = [] }) => tags.filter(({ name }) => name.includes(containing))),
    history: (path, from, to) =>
      ask('history', path, [from, to], ({ commits = [], tags = [] }) => {
        const at = (revision: string): number => {
          const sha = tags.find(({ name }) => name === revision)?.commit ?? revision;
          return commits.findIndex((commit) => commit.sha.startsWith(sha));
        };
        const [start, end] = [at(from), at(to)];
        if (start < 0 || end < 0) return undefined;
        const range = commits.slice(start + 1, end + 1).reverse();
        return { commits: range, truncated: false, compareUrl: `${projectUrl(path)}/-/compare/${from}...${to}` };
      }),
    mergedSince: (path, since) => ask('mergedSince', path, [since], ({ merged = [] }) => merged),
    releaseNotes: (path) => ask('releaseNotes', path, [], ({ notes = [] }) => notes),
    file: (path, revision, name) => ask('file', path, [revision, name], ({ files = {} }) => files[name]),
  };
}

/** 40 hex digits that begin with the number. */
export const sha = (number: number): string => number.toString(16).padStart(6, 'a').padEnd(40, '0');

export function commit(number: number, message: string, author = 'Ada L.'): SourceCommit {
  const date = new Date(Date.UTC(2026, 9, 1, number)).toISOString();
  return { sha: sha(number), message, author, date, url: `https://gitlab.example.com/payments/billing/-/commit/${sha(number)}` };
}

export function mergedRequest(id: number, title: string, commits: readonly number[], more: Partial<MergedRequest> = {}): MergedRequest {
  const url = `https://gitlab.example.com/payments/billing/-/merge_requests/${id}`;
  return { id, title, author: 'Grace H.', labels: [], url, commits: commits.map(sha), ...more };
}
