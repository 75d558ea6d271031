/** File names that end so are a bundle's, or a manifest's. */
export const extension = /\.(?:tar(?:\.(?:gz|bz2|xz|zst))?|tgz|zip|ya?ml)$/i;

/** Stands for the version in a template. */
export const token = '{version}';

/** Longer names are cut, as what is shown of a URL is. */
const longestName = 200;

/** Searching takes time with the square of the length. */
const longestPath = 1024;

/** The package's name of the file at a host's path (`/repository/manifests/billing/billing-1.4.2.tar.gz`); undefined where the path holds no version. */
export function bundleNameOf(host: string, path: string): string | undefined {
  const found = path.length > longestPath ? undefined : findVersion(path);
  if (found === undefined) return undefined;
  const places = found.places.map((start) => ({ start, end: start + found.version.length }));
  return bundleName(`${host}${withTokens(path, places)}`.slice(0, longestName));
}

/** Without version (and the separator before it, or its whole folder) and without extension. */
export function bundleName(template: string): string {
  const segments = template.replace(extension, '').split('/');
  const kept = segments.filter((segment) => !/^v?\{version\}$/i.test(segment)).map(withoutVersion);
  return kept.filter((segment) => segment !== '').join('/');
}

export const withoutVersion = (segment: string): string =>
  segment.includes(token) ? segment.replaceAll(/[-_.+]?v?\{version\}/gi, '').replace(/^[-_.+]+/, '') : segment;

export function withTokens(text: string, places: readonly { readonly start: number; readonly end: number }[]): string {
  return places.toReversed().reduce((out, { start, end }) => out.slice(0, start) + token + out.slice(end), text);
}

interface Found {
  readonly version: string;
  readonly places: readonly number[];
}

/** The longest text that looks like a version and repeats; without one, the last that looks like a version. Whole numbers count where nothing has dots. */
export function findVersion(path: string): Found | undefined {
  const searched = path.replace(extension, (ending) => '/'.repeat(ending.length));
  const all = candidates(searched);
  const dotted = all.filter(({ text }) => /\d[.-]\d/.test(text));
  const chosen = dotted.length > 0 ? dotted : all.filter(({ whole }) => whole);
  const repeating = chosen.flatMap(({ texts }) => texts).filter((text) => placesOf(searched, text).length > 1);
  const text = repeating.toSorted((a, b) => b.length - a.length)[0] ?? chosen.at(-1)?.text;
  if (text === undefined) return undefined;
  const places = placesOf(searched, text);
  const prefixed = places.every((at) => /v/i.test(searched[at - 1] ?? ''));
  const prefix = prefixed ? (searched[(places[0] ?? 0) - 1] ?? '') : '';
  const same = places.every((at) => searched.startsWith(prefix, at - prefix.length));
  return prefixed && same ? { version: `${prefix}${text}`, places: places.map((at) => at - 1) } : { version: text, places };
}

interface Candidate {
  /** The version with what surely belongs to it: pre-release, build number, commit. */
  readonly text: string;
  /** It, and it with more or less of what follows. */
  readonly texts: readonly string[];
  /** It fills its folder, or ends its file name. */
  readonly whole: boolean;
}

const core = /(?<![0-9A-Za-z]|\d\.)v?(\d{4}-\d{2}-\d{2}(?!\d)|\d+(?:\.\d+)*)/gi;
const tail =
  /[-_.+]?(?:rc|alpha|beta|preview|pre|dev|snapshot|nightly|build|post|final|m|b|a)(?:[-_.]?\d+(?!\d))*(?![0-9A-Za-z])|[-_+]\d+(?:\.\d+)*(?![0-9A-Za-z])|[-_+]g?[0-9a-f]{7,40}(?![0-9A-Za-z])|\+[0-9A-Za-z.]+/iy;

function candidates(path: string): Candidate[] {
  const found: (Candidate & { readonly end: number })[] = [];
  for (const match of path.matchAll(core)) {
    const [whole, digits = ''] = match;
    const start = match.index + whole.length - digits.length;
    const end = endOfTail(path, start + digits.length);
    if (isAlphanumeric(path[end]) || start < (found.at(-1)?.end ?? 0)) continue;
    const slash = path.indexOf('/', end);
    const segmentEnd = slash < 0 ? path.length : slash;
    const ends = [start + digits.length, end, ...separatorsBetween(path, start + digits.length, segmentEnd), segmentEnd];
    const texts = [...new Set(ends)].filter((to) => !isAlphanumeric(path[to])).map((to) => path.slice(start, to));
    found.push({ text: path.slice(start, end), texts, whole: end === segmentEnd, end });
  }
  return found;
}

function endOfTail(path: string, from: number): number {
  let end = from;
  for (tail.lastIndex = end; tail.test(path); tail.lastIndex = end) end = tail.lastIndex;
  return end;
}

function separatorsBetween(path: string, from: number, to: number): number[] {
  return [...path.slice(from, to).matchAll(/[-_+]/g)].slice(0, 8).map((found) => from + found.index);
}

/** Where the text stands by itself, not as a part of a longer number or word; a `v` before it does not count. */
function placesOf(path: string, text: string): number[] {
  const places: number[] = [];
  for (let at = path.indexOf(text); at >= 0; at = path.indexOf(text, at + text.length)) {
    const before = path.slice(Math.max(0, at - 2), at);
    const free = /(?:^|[^0-9A-Za-z])v$/i.test(before) || !/[0-9A-Za-z]$|\d\.$/.test(before);
    const after = path.slice(at + text.length, at + text.length + 2);
    if (free && !/^(?:[0-9A-Za-z]|\.\d)/.test(after)) places.push(at);
  }
  return places;
}

const isAlphanumeric = (character: string | undefined): boolean => character !== undefined && /[0-9A-Za-z]/.test(character);
