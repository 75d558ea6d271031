import { isDigest, parseImage } from '../../domain/image.ts';
import type { DatasourceName, Spot } from '../../domain/reference.ts';
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
const versionWord = /(?<![0-9A-Za-z_.-])v?\d+(?:\.\d+)+(?:[-+][0-9A-Za-z]+(?:[.-][0-9A-Za-z]+)*)?(?![0-9A-Za-z_])/g;
const digestWord = /(?<![0-9A-Za-z])sha256:[0-9a-f]{64}(?![0-9A-Za-z])/g;

/** The version on a line of any text: the value where the line is `key: value` or a list item, else the only version-like word. */
export function findVersionOnLine(text: string, datasource: DatasourceName): OnLine | undefined {
  const content = text
    .replace(/\s#.*$/, '')
    .trimEnd()
    .replace(/,$/, '');
  const start = beforeValue.exec(content)?.[0].length ?? 0;
  const written = content.slice(start);
  const quoted = /^(["']).*\1$/.test(written);
  const value = quoted ? written.slice(1, -1) : written;
  const found = /[\s"'\\]/.test(value) ? undefined : inValue(value, datasource);
  if (found === undefined) return inWords(content) ?? (hasVariable(content) ? variable : undefined);
  const skip = quoted ? undefined : helmReads(value);
  if (skip !== undefined) return { version: found.version, spots: [], skip };
  const shift = start + (quoted ? 1 : 0);
  return { ...found, spots: found.spots.map((spot) => ({ ...spot, start: spot.start + shift, end: spot.end + shift })) };
}

const variable: OnLine = { version: '', spots: [], skip: 'holds a variable or template, which only the tool that fills it in can read' };

const part = (text: string, start: number, holds: Spot['holds']): Spot => ({ start, end: start + text.length, text, holds });

function inValue(value: string, datasource: DatasourceName): OnLine | undefined {
  if (hasVariable(value)) return undefined;
  if (/^https?:\/\//i.test(value)) return inUrl(value);
  const [version = '', digest, ...more] = value.split('@');
  if (versionText.test(version) && more.length === 0 && (digest === undefined || isDigest(digest))) {
    const spots = [part(version, 0, 'version')];
    return digest === undefined ? { version, spots } : { version, digest, spots: [...spots, part(digest, version.length + 1, 'digest')] };
  }
  if (isDigest(value)) return { version: '', digest: value, spots: [part(value, 0, 'digest')] };
  return datasource === 'oci' ? inImage(value) : undefined;
}

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
