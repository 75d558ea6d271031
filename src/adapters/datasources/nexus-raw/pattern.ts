import { RefusedError } from '../../../domain/errors.ts';
import type { Package } from '../../../domain/reference.ts';

const placeholder = '{version}';
const versionPattern = /^[\w.+~-]{1,128}$/;

/** Where the files of a package lie in a Nexus, from its URL with `{version}` in every place of the version. */
export interface RawLocation {
  /** `host[:port]`. */
  readonly host: string;
  /** Scheme, host and context path, without a trailing slash. */
  readonly base: string;
  /** Decoded. */
  readonly repository: string;
  /** Path within the repository, decoded, without a leading slash, with `{version}`. */
  readonly path: string;
  /** The package's URL. */
  readonly url: string;
}

const separator = '/repository/';

/** Throws RefusedError for a URL that is not one of a Nexus repository. */
export function locateRaw(of: Package): RawLocation {
  const url = of.url ?? '';
  const at = url.indexOf(separator);
  const [base, rest] = [url.slice(0, Math.max(0, at)), url.slice(at + separator.length)];
  const slash = rest.indexOf('/');
  const [repository, path] = [decode(rest.slice(0, Math.max(0, slash))), decode(rest.slice(slash + 1))];
  const parsed = URL.canParse(base) ? new URL(base) : undefined;
  const usable = /^https?:$/.test(parsed?.protocol ?? '') && !/[?#{]/.test(base) && !/[?#]/.test(rest) && path?.includes(placeholder);
  if (parsed === undefined || !repository || path === undefined || usable !== true) {
    throw new RefusedError(parsed?.host ?? of.name, `${url} is not the address of a file in a Nexus repository (…/repository/NAME/…)`);
  }
  return { host: parsed.host, base: `${parsed.origin}${parsed.pathname.replace(/\/$/, '')}`, repository, path, url };
}

/** The version that a path stands for: the same text in every place; undefined when the path is not one of the package's. */
export function versionAt(pattern: string, path: string): string | undefined {
  const places = pattern.split(placeholder);
  const length = (path.length - places.join('').length) / (places.length - 1);
  const start = places[0]?.length ?? 0;
  const version = path.slice(start, start + length);
  const fits = Number.isInteger(length) && versionPattern.test(version) && withVersion(pattern, version) === path;
  return fits ? version : undefined;
}

export const withVersion = (pattern: string, version: string): string => pattern.split(placeholder).join(version);

/**
 * The search filter that narrows to the package's folder: a raw asset's group is its folder with a leading slash; undefined for a
 * version in the first folder. Only a wildcard at the end, behind three characters or more, works in every edition.
 * https://help.sonatype.com/en/sql-search.html
 */
export function folderFilter(pattern: string): string | undefined {
  const before = beforeVersion(pattern);
  const inName = !pattern.slice(before.length).includes('/');
  if (inName) return `/${before.slice(0, Math.max(0, before.lastIndexOf('/')))}`;
  const wildcard = `/${before}*`;
  return wildcard.length > shortestWildcard ? wildcard : undefined;
}

/** The search filters that narrow a crowded folder to the package's own files; up to 3.70 a raw asset's name had no leading slash. */
export function nameFilters(pattern: string): readonly string[] {
  const wildcard = `${beforeVersion(pattern)}*`;
  return wildcard.length > shortestWildcard ? [`/${wildcard}`, wildcard] : [];
}

const shortestWildcard = 3;

const beforeVersion = (pattern: string): string => pattern.slice(0, pattern.indexOf(placeholder));

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
