import { count, some } from '../../domain/wording.ts';
import { details, summaryText } from '../../markdown/details.ts';
import type { Part } from '../../markdown/fit.ts';
import { harmlessInline, harmlessLine } from '../../markdown/harmless.ts';
import { type Origin, safeHref } from '../../markdown/links.ts';
import { harmlessMarkdown, isVisible } from '../../markdown/markdown.ts';
import type { Changelog } from '../changelog/changelog.ts';
import type { Entry, Group } from '../changelog/entries.ts';
import type { VersionNote } from '../changelog/notes.ts';
import { age } from './age.ts';

const maxEntries = 60;
const textLimit = 300;
/** Characters of all release notes together: nobody reads more. */
const notesLimit = 40_000;
const folded: Readonly<Record<string, string>> = { Dependencies: 'dependency update', Chores: 'chore' };

/** The section "What changed", or with another heading: `of` names the packages where there are several sources. Cut, it leads to the comparison or the project. */
export function changelogPart(changelog: Changelog, of: string, now: Date, title = 'What changed'): Part {
  const { origin, groups, notes, compareUrl } = changelog;
  const compare = compareUrl === undefined ? undefined : safeHref(compareUrl);
  const heading = `### ${title}${of === '' ? '' : ` in ${of}`}${compare === undefined ? '' : ` · [compare](${compare})`}`;
  const open = groups.filter(({ title }) => folded[title] === undefined);
  const closed = groups.filter(({ title }) => folded[title] !== undefined);
  const parts = [
    heading,
    ...changelog.problems.map((problem) => `> ${harmlessLine(problem.slice(0, 1000))}`),
    ...open.map((group) => groupText(group, changelog)),
    ...(isEmpty(changelog) && compare !== undefined ? ['No commit lies between the two versions.'] : []),
    ...truncation(changelog, compare),
    ...noteTexts(notes, origin, now),
    ...closed.map((group) => details(count(group.entries.length, folded[group.title] ?? ''), entryList(group, changelog))),
  ];
  const link = compare ?? origin?.projectUrl;
  return { text: parts.join('\n\n'), rest: link === undefined ? 'The rest is cut here.' : `The rest is cut here: [see it all](${link}).` };
}

const isEmpty = ({ groups, notes, commits }: Changelog): boolean => groups.length === 0 && notes.length === 0 && commits === 0;

function truncation({ truncated, commits }: Changelog, compare: string | undefined): string[] {
  if (!truncated) return [];
  return [
    `Only the newest ${commits} commits were read; ${compare === undefined ? 'there are more' : `[the comparison](${compare}) has them all`}.`,
  ];
}

function groupText(group: Group, changelog: Changelog): string {
  return `**${group.title === 'Breaking' ? '⚠ Breaking' : group.title}**\n${entryList(group, changelog)}`;
}

function entryList({ entries }: Group, { origin, compareUrl }: Changelog): string {
  const rest = entries.length - maxEntries;
  const href = compareUrl === undefined ? undefined : safeHref(compareUrl);
  const more = rest > 0 ? [`- and ${href === undefined ? `${rest} more` : `[${rest} more](${href})`}`] : [];
  return [...entries.slice(0, maxEntries).map((entry) => entryLine(entry, origin)), ...more].join('\n');
}

function entryLine({ scope, text, breakingText, author, name, url }: Entry, origin: Origin | undefined): string {
  const href = safeHref(url);
  const what =
    scope === undefined
      ? harmlessLine(shorten(text), { origin })
      : `**${harmlessInline(shorten(scope))}:** ${harmlessInline(shorten(text), { origin })}`;
  const link = href === undefined ? harmlessInline(name) : `[${name}](${href})`;
  const who = harmlessInline(shorten(author));
  const why = breakingText === undefined || breakingText === text ? '' : `<br>${harmlessInline(shorten(breakingText), { origin })}`;
  return `- ${what} (${[link, who].filter((part) => part !== '').join(', ')})${why}`;
}

const shorten = (text: string): string => (text.length > textLimit ? `${text.slice(0, textLimit - 1)}…` : text);

/** Newest first; what is beyond the limit is named and linked only. */
function noteTexts(notes: readonly VersionNote[], origin: Origin | undefined, now: Date): string[] {
  const texts: string[] = [];
  const links: string[] = [];
  let left = notesLimit;
  for (const note of notes) {
    const body = harmlessMarkdown(note.text, origin);
    if (!isVisible(body)) continue;
    left -= body.length;
    if (left >= 0 || texts.length === 0) texts.push(noteText(note, body, now));
    else links.push(noteLink(note));
  }
  return links.length === 0 ? texts : [...texts, `Release notes of ${some(links, 20)} are not shown here.`];
}

function noteText(note: VersionNote, body: string, now: Date): string {
  const published = age(note.publishedAt, now);
  const head = note.url === undefined ? [] : [`Release ${noteLink(note)}${published === '' ? '' : `, ${published}`}`];
  const source = note.url === undefined ? 'from CHANGELOG.md' : 'release notes';
  return details(`${summaryText(note.version)}: ${source}`, [...head, body].join('\n\n'));
}

function noteLink({ version, url }: VersionNote): string {
  const href = url === undefined ? undefined : safeHref(url);
  return href === undefined ? harmlessInline(version) : `[${harmlessInline(version)}](${href})`;
}
