/** A page of a repository. */
export type Route =
  | { readonly kind: 'repository'; readonly path: string }
  | { readonly kind: 'merge request'; readonly path: string; readonly id: number }
  | { readonly kind: 'commit'; readonly path: string; readonly sha: string }
  | { readonly kind: 'tag'; readonly path: string; readonly name: string }
  | { readonly kind: 'compare'; readonly path: string; readonly from: string; readonly to: string };

/** undefined for whatever could be no path of a repository or no name of a revision. */
export function routeOf(raw: string): Route | undefined {
  const text = decode(raw.slice(1));
  if (text === undefined) return undefined;
  const [first] = kinds
    .map((kind) => ({ kind, at: text.indexOf(`/${kind}/`) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  if (first === undefined) return isPath(text) ? { kind: 'repository', path: text } : undefined;
  const path = text.slice(0, first.at);
  return isPath(path) ? pageRoute(first.kind, path, text.slice(first.at + first.kind.length + 2)) : undefined;
}

const kinds = ['merge_requests', 'commit', 'tags', 'compare'] as const;

function pageRoute(kind: (typeof kinds)[number], path: string, rest: string): Route | undefined {
  if (kind === 'merge_requests') return /^[1-9]\d{0,8}$/.test(rest) ? { kind: 'merge request', path, id: Number(rest) } : undefined;
  if (kind === 'commit') return /^[0-9a-f]{7,64}$/.test(rest) ? { kind: 'commit', path, sha: rest } : undefined;
  if (kind === 'tags') return isRevision(rest) ? { kind: 'tag', path, name: rest } : undefined;
  const [from = '', to = '', ...more] = rest.split('...');
  return isRevision(from) && isRevision(to) && more.length === 0 ? { kind: 'compare', path, from, to } : undefined;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Segments that start with a letter, digit or underscore: no `..`, nothing hidden, nothing that git reads as an option. Without the ending of its folder: that would be a second name for the same repository, and no environment's. */
export const isPath = (text: string): boolean => text.length < 500 && /^\w[\w.-]*(?:\/\w[\w.-]*)*$/.test(text) && !/\.git$/i.test(text);

/** https://git-scm.com/docs/git-check-ref-format, and stricter. */
const isRevision = (text: string): boolean => text.length < 250 && /^\w[\w.+/@-]*$/.test(text) && !/\.\.|@\{|\/\/|\.lock$/.test(text);
