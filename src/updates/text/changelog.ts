import type { Changelog } from '../changelog/changelog.ts';
import type { Entry, Group } from '../changelog/entries.ts';
import type { Part } from '../changelog/fit.ts';
import { harmlessInline, harmlessLine } from '../changelog/harmless.ts';
import { type Origin, safeHref } from '../changelog/links.ts';
import { harmlessMarkdown, isVisible } from '../changelog/markdown.ts';
import type { VersionNote } from '../changelog/notes.ts';
import { age, count } from './age.ts';
import { details, summaryText } from './details.ts';

const maxEntries = 60;
const textLimit = 300;
const folded: Readonly<Record<string, string>> = { Dependencies: 'dependency update', Chores: 'chore' };

/** The section "What changed": `of` names the packages where there are several sources. Cut, it leads to the comparison or the project. */
export function changelogPart(changelog: Changelog, of: string, now: Date): Part {
  const { origin, groups, notes, compareUrl } = changelog;
  const compare = compareUrl === undefined ? undefined : safeHref(compareUrl);
  const heading = `### What changed${of === '' ? '' : ` in ${of}`}${compare === undefined ? '' : ` · [compare](${compare})`}`;
  const open = groups.filter(({ title }) => folded[title] === undefined);
  const closed = groups.filter(({ title }) => folded[title] !== undefined);
  const parts = [
    heading,
    ...changelog.problems.map((problem) => `> ${harmlessLine(problem.slice(0, 1000))}`),
    ...open.map((group) => groupText(group, origin)),
    ...(isEmpty(changelog) && compare !== undefined ? ['No commit lies between the two versions.'] : []),
    ...truncation(changelog, compare),
    ...notes.flatMap((note) => noteText(note, origin, now)),
    ...closed.map((group) => details(count(group.entries.length, folded[group.title] ?? ''), entryList(group, origin))),
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

function groupText(group: Group, origin: Origin | undefined): string {
  return `**${group.title === 'Breaking' ? '⚠ Breaking' : group.title}**\n${entryList(group, origin)}`;
}

function entryList({ entries }: Group, origin: Origin | undefined): string {
  const rest = entries.length - maxEntries;
  return [...entries.slice(0, maxEntries).map((entry) => entryLine(entry, origin)), ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n');
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

function noteText({ version, text, url, publishedAt }: VersionNote, origin: Origin | undefined, now: Date): string[] {
  const body = harmlessMarkdown(text, origin);
  if (!isVisible(body)) return [];
  const href = url === undefined ? undefined : safeHref(url);
  const published = age(publishedAt, now);
  const source = url === undefined ? 'from CHANGELOG.md' : 'release notes';
  const link = href === undefined ? [] : [`[Release ${harmlessInline(version)}](${href})${published === '' ? '' : `, ${published}`}`];
  return [details(`${summaryText(version)}: ${source}`, [...link, body].join('\n\n'))];
}
