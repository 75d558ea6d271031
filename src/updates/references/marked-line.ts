import { isDigest, parseImage } from '../../domain/image.ts';
import { isBundle, type Package, type Spot } from '../../domain/reference.ts';
import { parseBundleUrl } from './bundle-url.ts';
import { hasVariable } from './draft.ts';
import { helmReads } from './helm-values.ts';

/** Offsets count from the start of the line. */
export interface OnLine {
  readonly version: string;
  readonly digest?: string;
  readonly spots: readonly Spot[];
  readonly skip?: string;
}

const beforeValue = /^\uFEFF?\s*(?:-\s+)*(?:(?:"[^"]*"|'[^']*'|[^\s"'#:,{[][^\s:#]*)\s*:\s+)?(?:[&!]\S*\s+)*/;
const versionText = /^[A-Za-z0-9_][A-Za-z0-9_.+~-]*$/;
const versionWord = /(?<![0-9A-Za-z.])v?\d+(?:\.\d+)+(?:[-+][0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?(?![0-9A-Za-z_])/g;
const digestWord = /(?<![0-9A-Za-z])sha256:[0-9a-f]{64}(?![0-9A-Za-z])/g;

/** The version on a line of any text: behind the package's name, or the value where the line is `key: value` or a list item, else the only version-like word. */
export function findVersionOnLine(text: string, of: Package): OnLine | undefined {
  const content = text
    .replace(/\s#.*$/s, '')
    .trimEnd()
    .replace(/,$/, '');
  const start = beforeValue.exec(content)?.[0].length ?? 0;
  const written = content.slice(start);
  const quoted = /^(["']).*\1$/.test(written);
  const value = quoted ? written.slice(1, -1) : written;
  const found = /[\s"'\\]/.test(value) ? undefined : inValue(value, of);
  if (found === undefined) return behindPackage(content, of) ?? inWords(content) ?? (hasVariable(content) ? variable : undefined);
  const skip = quoted ? undefined : helmReads(value);
  if (skip !== undefined) return { version: found.version, spots: [], skip };
  const shift = start + (quoted ? 1 : 0);
  return { ...found, spots: found.spots.map((spot) => ({ ...spot, start: spot.start + shift, end: spot.end + shift })) };
}

const variable: OnLine = { version: '', spots: [], skip: 'holds a variable or template, which only the tool that fills it in can read' };

const part = (text: string, start: number, holds: Spot['holds']): Spot => ({ start, end: start + text.length, text, holds });

function inValue(value: string, of: Package): OnLine | undefined {
  if (hasVariable(value)) return undefined;
  if (/^https?:\/\//i.test(value)) return isNamedByAddress(of) ? undefined : inUrl(value);
  const [version = '', digest, ...more] = value.split('@');
  if (versionText.test(version) && more.length === 0 && (digest === undefined || isDigest(digest))) {
    const spots = [part(version, 0, 'version')];
    return digest === undefined ? { version, spots } : { version, digest, spots: [...spots, part(digest, version.length + 1, 'digest')] };
  }
  if (isDigest(value)) return { version: '', digest: value, spots: [part(value, 0, 'digest')] };
  return of.datasource === 'oci' ? inImage(value) : undefined;
}

/** Its URL says where to ask, and stands on no line with the version in it. */
const isNamedByAddress = (of: Package): boolean => of.url !== undefined && !isBundle(of);

function inUrl(value: string): OnLine | undefined {
  const url = parseBundleUrl(value);
  if (url === undefined || url.skip !== undefined) return url && { version: url.version, spots: [], skip: url.skip ?? '' };
  return { version: url.version, spots: url.places.map(({ start }) => part(url.version, start, 'version')) };
}

function inImage(value: string): OnLine | undefined {
  const scheme = /^[a-z]+:\/\//.exec(value)?.[0].length ?? 0;
  const { tag, digest } = parseImage(value.slice(scheme)) ?? {};
  if (tag === undefined && digest === undefined) return undefined;
  const spots = [
    ...(tag ? [part(tag.text, scheme + tag.start, 'version')] : []),
    ...(digest ? [part(digest.text, scheme + digest.start, 'digest')] : []),
  ];
  return { version: tag?.text ?? '', ...(digest && { digest: digest.text }), spots };
}

/** `name:tag@digest` of an image, or the URL of a bundle, among other words. */
function behindPackage(text: string, of: Package): OnLine | undefined {
  if (isNamedByAddress(of)) return undefined;
  const literal =
    of.url === undefined
      ? `${escaped(of.name)}:(?<version>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})(?:@(?<digest>sha256:[0-9a-f]{64}))?`
      : urlPattern(of.url);
  const found = new RegExp(`(?<![0-9A-Za-z_./-])${literal}(?![0-9A-Za-z_/-])`, 'd').exec(text);
  const { version, digest } = found?.groups ?? {};
  const at = found?.indices?.groups?.['version']?.[0];
  if (found === null || version === undefined || at === undefined) return undefined;
  const whole = of.url === undefined ? [at] : placesIn(of.url, version.length).map((place) => found.index + place);
  const spots = whole.map((place) => part(version, place, 'version'));
  return digest === undefined
    ? { version, spots }
    : { version, digest, spots: [...spots, part(digest, at + version.length + 1, 'digest')] };
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

function urlPattern(template: string): string {
  const [first = '', ...others] = template.split('{version}').map(escaped);
  return `${first}(?<version>[A-Za-z0-9_][A-Za-z0-9_.+~-]{0,127})${others.join('\\k<version>')}`;
}

/** Where the version stands in the URL, with one of this length at every place. */
function placesIn(template: string, length: number): number[] {
  const parts = template.split('{version}');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('').length + index * length);
}

/** One version, however often it stands there; two different ones are a guess that nobody should make. */
function inWords(text: string): OnLine | undefined {
  const versions = [...text.matchAll(versionWord)];
  const digests = [...text.matchAll(digestWord)];
  const version = versions[0]?.[0];
  const digest = digests[0]?.[0];
  if (version === undefined || versions.some(([other]) => other !== version) || digests.some(([other]) => other !== digest))
    return undefined;
  const spots = [
    ...versions.map((found) => part(version, found.index, 'version')),
    ...digests.map((found) => part(found[0], found.index, 'digest')),
  ];
  return { version, ...(digest !== undefined && { digest }), spots };
}
