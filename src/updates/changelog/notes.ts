import type { ReleaseNote } from '../../domain/forge.ts';
import { spellings } from './range.ts';

/** Below, at or above zero like a sort's comparator; undefined for two that have no order. */
export type CompareVersions = (a: string, b: string) => number | undefined;

export interface VersionNote {
  /** Without prefix: `1.6.0`. */
  readonly version: string;
  /** Markdown from outside. */
  readonly text: string;
  /** Of the release's page; absent for a section of CHANGELOG.md. */
  readonly url?: string;
  readonly publishedAt?: string;
}

/** Two versions, the first excluded, the second included. */
export interface Between {
  readonly from: string;
  readonly to: string;
  readonly compare: CompareVersions;
}

const maxNotes = 20;

/** The forge's release notes of every version in between, newest first; only of tags that begin with the prefix (`billing-v`) and then a version. */
export function notesBetween(notes: readonly ReleaseNote[], prefix: string, between: Between): VersionNote[] {
  return notes
    .flatMap(({ tag, text, url, publishedAt }) => {
      const version = versionIn(tag, prefix);
      if (version === undefined || text.trim() === '' || !isBetween(version, between)) return [];
      return [{ version, text, url, ...(publishedAt === undefined ? {} : { publishedAt }) }];
    })
    .sort((a, b) => between.compare(b.version, a.version) ?? 0)
    .slice(0, maxNotes);
}

function versionIn(tag: string, prefix: string): string | undefined {
  const rest = tag.startsWith(prefix) ? tag.slice(prefix.length) : undefined;
  return rest !== undefined && /^v?\d/.test(rest) ? rest.replace(/^v/, '') : undefined;
}

function isBetween(version: string, { from, to, compare }: Between): boolean {
  const low = compare(version, plain(from));
  const high = compare(version, plain(to));
  return low !== undefined && high !== undefined && low > 0 && high <= 0;
}

/** As the source would write it: without the registry's variant. */
const plain = (version: string): string => spellings(version).at(-1) ?? version;

const longestTitle = 300;
const heading = /^ {0,3}#{1,4}\s+(\S.{0,299})$/;
const version =
  /^(?:\[?(?:version|release|[\w@/.-]{1,60}?)[ @-])?\s*\[?v?(\d+(?:\.\d+)+[\w.+-]*)\]?(?:\s*$|:|\([^()]*\)|\s+[-–—/(["“'\d])/i;

/** CHANGELOG.md's sections of the versions in between, in the file's order. https://keepachangelog.com; headings as `## [1.2.3] - date`, `# v1.2.3`, or underlined. */
export function changelogBetween(file: string, between: Between): VersionNote[] {
  const lines = file.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => {
    const underlined = /^ {0,3}(?:=+|-{3,})\s*$/.test(lines[index + 1] ?? '');
    const title = heading.exec(line)?.[1] ?? (underlined ? line : undefined);
    const found = title === undefined ? undefined : version.exec(title.slice(0, longestTitle).replaceAll(/[*_`]/g, '').trim())?.[1];
    return found === undefined ? [] : [{ version: found, index, from: index + (underlined ? 2 : 1) }];
  });
  return starts
    .flatMap((start, at) => {
      const text = lines
        .slice(start.from, starts[at + 1]?.index ?? lines.length)
        .join('\n')
        .trim();
      return text === '' || !isBetween(start.version, between) ? [] : [{ version: start.version, text }];
    })
    .slice(0, maxNotes);
}
