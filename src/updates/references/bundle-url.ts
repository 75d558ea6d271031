import type { Package } from '../../domain/reference.ts';
import { appName, hasVariable, shown } from './draft.ts';

/** A bundle's URL, understood. */
export interface BundleUrl {
  readonly package: Package;
  readonly app: string;
  /** The empty string where it is skipped. */
  readonly version: string;
  /** Where the version stands; offsets into the URL's text. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
  readonly skip?: string;
}

const extension = /\.(?:tar(?:\.(?:gz|bz2|xz|zst))?|tgz|zip|ya?ml)$/i;
const token = '{version}';

/** Servers refuse longer ones, and searching takes time with the square of the length. */
const longest = 2048;

const noVersion = 'no version is written in the URL';

/** undefined when the text is no http(s) URL. */
export function parseBundleUrl(text: string): BundleUrl | undefined {
  const parts = /^https?:\/\/([^/?#]*)([^?#]*)(.*)$/is.exec(text);
  if (parts === null) return undefined;
  const [, host = '', path = '', query = ''] = parts;
  const skip = urlTrouble(text, host, query);
  const found = text.length > longest || hasVariable(text) ? undefined : findVersion(path);
  const places = found?.places.map((start) => ({ start, end: start + found.version.length })) ?? [];
  const template = withTokens(path, places);
  const named = parseTemplate(`${shown(`${host}/`)}${template.slice(1)}`);
  if (skip !== undefined || found === undefined) {
    const { app, package: of } = named;
    return {
      app,
      package: { datasource: of.datasource, name: of.name },
      version: found?.version ?? '',
      places: [],
      skip: skip ?? noVersion,
    };
  }
  const before = text.length - query.length - path.length;
  return {
    app: named.app,
    package: { ...named.package, url: `${text.slice(0, before)}${template}` },
    version: found.version,
    places: places.map(({ start, end }) => ({ start: before + start, end: before + end })),
  };
}

/** Of a URL, with or without its scheme, that has `{version}` at every place of the version. */
export function parseTemplate(template: string): Pick<BundleUrl, 'package' | 'app'> {
  const path = shown(template);
  return { package: { datasource: 'nexus-raw', name: bundleName(path), url: template }, app: bundleApp(path) };
}

/** Why a file's URL cannot be asked for other versions, whatever it holds. */
export function urlTrouble(text: string, host: string, query: string): string | undefined {
  if (host.includes('@')) return 'the URL holds credentials: keep them in app.yml under registries and take them out here';
  if (query !== '') return 'the URL has a query, which may hold credentials and is no part of a path in a raw repository';
  if (hasVariable(text)) return 'the URL holds a variable or template, which only the tool that fills it in can read';
  return text.length > longest || !URL.canParse(text) ? 'is not a valid URL' : undefined;
}

/** Without version (and the separator before it, or its whole folder) and without extension. */
function bundleName(template: string): string {
  const segments = template.replace(extension, '').split('/');
  const kept = segments.filter((segment) => !/^v?\{version\}$/i.test(segment)).map(withoutVersion);
  return kept.filter((segment) => segment !== '').join('/');
}

const withoutVersion = (segment: string): string =>
  segment.includes(token) ? segment.replaceAll(/[-_.+]?v?\{version\}/gi, '').replace(/^[-_.+]+/, '') : segment;

/** The file's name where the version stands in it and something is left of it, else the folder before the version's folder. */
function bundleApp(template: string): string {
  const segments = template.replace(extension, '').split('/');
  const file = segments.at(-1) ?? '';
  const rest = withoutVersion(file);
  if (file.includes(token) && rest !== '') return appName(rest);
  const folder = segments.findIndex((segment) => segment.includes(token));
  const before = folder < 0 ? rest : (segments[folder - 1] ?? '');
  return appName(before || rest);
}

function withTokens(text: string, places: readonly { readonly start: number; readonly end: number }[]): string {
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
