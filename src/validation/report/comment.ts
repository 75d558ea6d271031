import type { Finding } from '../../domain/finding.ts';
import { type ForgeTraits, requestWord } from '../../domain/forge.ts';
import { count } from '../../domain/wording.ts';
import { details } from '../../markdown/details.ts';
import { fitParts, type Part } from '../../markdown/fit.ts';
import { codeSpan } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { harmlessText } from '../../markdown/plain.ts';
import { cell, markdownTable } from '../../markdown/table.ts';
import { longestOthers } from '../holds/text.ts';
import { measured, outcomeOf, tally, type Verdict } from '../outcome.ts';
import { rulePage } from './pages.ts';
import { statusName } from './status.ts';
import { bundleTitle, lineUrl, pathInBundle, sentence } from './where.ts';

export interface CommentFacts {
  readonly verdict: Verdict & { readonly commit: string };
  /** Whether the merge request has something to do with a finding: what was there before it is folded away. */
  readonly concerns: (finding: Finding) => boolean;
  readonly traits: ForgeTraits;
  /** Path of the repository. */
  readonly path: string;
  /** The service's address, whose pages say what a rule is; without a trailing slash. */
  readonly serviceUrl: string;
  /** What the merge request would do to the cluster; parts of the text, harmless already. */
  readonly plan: readonly Part[];
}

/** Rows of one table: nobody reads more, and `--json` has them all. */
const mostRows = 100;
const longest = 600;
/** Of the forge's limit, for the hidden key that the comment is found by, and for what is said of others. */
const reserve = 200 + longestOthers;

/** The comment that validation keeps up to date beside a merge request, in Markdown, within the forge's limit. */
export function commentText(facts: CommentFacts): string {
  const { verdict, traits } = facts;
  const request = requestWord(traits.type);
  const open = verdict.findings.filter(({ severity }) => severity !== 'waived');
  const [own, before] = [open.filter(facts.concerns), open.filter((one) => !facts.concerns(one))];
  const parts: Part[] = [
    { text: heading(verdict) },
    { text: unreadable(verdict) },
    { text: own.length === 0 ? nothing(before, request) : findingTable(own, facts), rest: 'More findings are cut here.' },
    { text: folded(before, facts, request), rest: 'More findings are cut here.' },
    ...facts.plan,
    { text: waived(verdict.findings, facts), rest: 'More waivers are cut here.' },
    { text: footer(verdict) },
  ];
  return fitParts(parts, traits.descriptionLimit - reserve);
}

/** In its place where there is no verdict at all, because something outside failed. */
export const failureText = (why: string, commit: string): string =>
  `**${statusName}: no verdict** · ${harmlessText(why.slice(0, longest))}\n\nAbout: ${shortCommit(commit)}. It is tried again by itself; comment \`/lockkeeper validate\` to have it tried now.`;

const heading = (verdict: Verdict): string =>
  `**${statusName}: ${outcomeOf(verdict) === 'unknown' ? 'no verdict' : tally(verdict.findings)}** · ${measured(verdict)}`;

const unreadable = (verdict: Verdict): string =>
  outcomeOf(verdict) === 'unknown' ? '> Not everything could be read, so this is no yes; what was read is judged below.' : '';

const nothing = (before: readonly Finding[], request: string): string =>
  before.length === 0 ? '' : `Nothing is wrong with what this ${request} changes.`;

/** Errors first. */
function findingTable(findings: readonly Finding[], facts: CommentFacts): string {
  const sorted = findings.toSorted((one, other) => rank(one) - rank(other));
  const rows = sorted
    .slice(0, mostRows)
    .map((finding) => [
      finding.severity === 'error' ? '✖' : '▲',
      whereCell(finding, facts),
      textCell(sentence(finding)),
      helpCell(finding, facts),
    ]);
  const rest = findings.length - rows.length;
  return [
    markdownTable(['', 'where', 'what', 'what to do'], rows),
    ...(rest > 0 ? [`And ${rest} more; \`lockkeeper validate\` shows all.`] : []),
  ].join('\n\n');
}

const rank = ({ severity }: Finding): number => (severity === 'error' ? 0 : 1);

const textCell = (text: string): string => cell(harmlessText(text.length > longest ? `${text.slice(0, longest - 1)}…` : text));

function whereCell(finding: Finding, { verdict, traits, path }: CommentFacts): string {
  const { bundle, line } = finding;
  const place = cell(codeSpan(`${pathInBundle(finding)}:${line}`));
  if (bundle === undefined) return linked(place, lineUrl(traits, path, verdict.commit, finding));
  return `bundle ${linked(cell(codeSpan(bundleTitle(bundle))), safeHref(bundle))} · ${place}`;
}

const linked = (text: string, href: string | undefined): string => (href === undefined ? text : `[${text}](${href})`);

function helpCell(finding: Finding, facts: CommentFacts): string {
  const [help, how] = [textCell(finding.help ?? ''), howLink(finding, facts)];
  const between = help === '' || how === '' ? '' : help.endsWith('.') ? ' ' : ': ';
  return `${help}${between}${how}`;
}

/** The server's own words need no page. */
function howLink({ rule }: Finding, { serviceUrl }: CommentFacts): string {
  const href = rule === 'api-server' ? undefined : safeHref(rulePage(rule, serviceUrl));
  return href === undefined ? '' : `[how](${href})`;
}

function folded(findings: readonly Finding[], facts: CommentFacts, request: string): string {
  if (findings.length === 0) return '';
  return details(`${tally(findings)} in what this ${request} does not change`, findingTable(findings, facts));
}

function waived(findings: readonly Finding[], facts: CommentFacts): string {
  const all = findings.filter(({ severity }) => severity === 'waived');
  if (all.length === 0) return '';
  const rows = all
    .slice(0, mostRows)
    .map((finding) => [whereCell(finding, facts), textCell(sentence(finding)), textCell(finding.reason ?? '')]);
  const rest = all.length - rows.length;
  const table = markdownTable(['where', 'what', 'why it may be so'], rows);
  return details(`${count(all.length, 'check')} waived`, rest > 0 ? `${table}\n\nAnd ${rest} more.` : table);
}

const footer = ({ commit }: CommentFacts['verdict']): string =>
  `Judged: ${shortCommit(commit)}. To have it judged again: comment \`/lockkeeper validate\`.`;

const shortCommit = (commit: string): string => codeSpan(commit.slice(0, 12));
