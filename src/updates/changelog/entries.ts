import type { MergedRequest, SourceCommit } from '../../domain/forge.ts';
import { type Message, readMessage } from './conventional.ts';
import { short } from './range.ts';

const groupTitles = ['Breaking', 'Security', 'Features', 'Fixes', 'Performance', 'Reverts', 'Changes', 'Dependencies', 'Chores'] as const;
export type GroupTitle = (typeof groupTitles)[number] | 'Migrations';

/** One merged merge request, or one commit; every text is as it came from outside. */
export interface Entry {
  readonly scope?: string;
  readonly text: string;
  /** What the footer says that breaks. */
  readonly breakingText?: string;
  readonly author: string;
  /** `!231`, `#231` or `1a2b3c4d`. */
  readonly name: string;
  readonly url: string;
}

export interface Group {
  readonly title: GroupTitle;
  readonly entries: readonly Entry[];
}

interface Item {
  readonly entry: Entry;
  readonly message: Message;
  readonly labels: readonly string[];
  readonly commits: readonly string[];
}

/**
 * What happened between two revisions: the merge requests merged in between, and the commits that belong to none; breaking first.
 * Left out: merge commits, a release's own commits, and what was taken back within the range.
 */
export function makeEntries(commits: readonly SourceCommit[], merged: readonly MergedRequest[], sigil: '!' | '#'): Group[] {
  const shas = new Set(commits.map(({ sha }) => sha));
  const squashed = new Set(commits.map((commit) => requestIn(commit)));
  const inRange = merged.filter((request) => request.commits.some((sha) => shas.has(sha)) || squashed.has(request.id));
  const covered = new Set(inRange.flatMap((request) => [...request.commits]));
  const known = new Set(inRange.map(({ id }) => id));
  const own = commits.filter((commit) => !isMerge(commit.message) && !covered.has(commit.sha) && !known.has(requestIn(commit) ?? -1));
  const requests = inRange.map((request) => requestItem(request, commits, sigil));
  const withMerges = inRange.length > 0 && commits.some(({ message }) => isMerge(message));
  const items = [...requests, ...own.map((commit) => commitItem(commit))].filter(({ message }) => !isRelease(message.header));
  const kept = withoutReverted(items);
  const grouped = Map.groupBy(kept, (item) => titleOf(item, withMerges && !requests.includes(item)));
  return groupTitles.flatMap((title) => {
    const entries = grouped.get(title) ?? [];
    return entries.length === 0 ? [] : [{ title, entries: entries.map(({ entry }) => entry) }];
  });
}

const isMerge = (message: string): boolean =>
  /^Merge (?:branch|pull request|remote-tracking branch|tag|commit|!\d|request)\b|^Merged in \S/.test(message);

/** A squashed or merge commit that the forge did not tell us of still names its merge request: `Add paging (#12)`, `See merge request group/project!12`. */
function requestIn({ message }: SourceCommit): number | undefined {
  const [, id] =
    /^[^\n]{0,500}\([#!](\d{1,10})\)\s*(?:\n|$)/.exec(message) ??
    /^Merge pull request #(\d{1,10}) /.exec(message) ??
    /See merge request \S{0,200}!(\d{1,10})\s*$/.exec(message.slice(-300)) ??
    [];
  return id === undefined ? undefined : Number(id);
}

function requestItem(request: MergedRequest, commits: readonly SourceCommit[], sigil: string): Item {
  const title = readMessage(request.title);
  const own = commits.filter(({ sha }) => request.commits.includes(sha)).map(({ message }) => readMessage(message));
  const telling = own.find(({ type, header }) => type !== undefined && !isMerge(header));
  const breaking = own.find(({ breakingText }) => breakingText !== undefined);
  const message: Message = {
    ...(title.type === undefined && telling?.type !== undefined ? { type: telling.type } : {}),
    ...title,
    breaking: title.breaking || own.some((each) => each.breaking),
    ...(breaking?.breakingText === undefined ? {} : { breakingText: breaking.breakingText }),
    ...(title.reverts === undefined ? pick(own.find(({ reverts }) => reverts !== undefined)) : {}),
  };
  return {
    entry: entryOf(message, request.author, `${sigil}${request.id}`, request.url),
    message,
    labels: request.labels,
    commits: request.commits,
  };
}

const pick = (message: Message | undefined): Pick<Message, 'reverts'> =>
  message?.reverts === undefined ? {} : { reverts: message.reverts };

function commitItem({ sha, message, author, url }: SourceCommit): Item {
  const read = readMessage(message);
  return { entry: entryOf(read, author, short(sha), url), message: read, labels: [], commits: [sha] };
}

function entryOf(message: Message, author: string, name: string, url: string): Entry {
  const { scope, subject, breakingText } = message;
  // The link to the merge request stands beside it anyway.
  const text = withoutNumber(subject);
  return {
    ...(scope === undefined ? {} : { scope }),
    text,
    ...(breakingText === undefined ? {} : { breakingText }),
    author,
    name,
    url,
  };
}

/** What was done and taken back within the range cancels out; the newer of the two stands first. */
function withoutReverted(items: readonly Item[]): Item[] {
  const gone = new Set<Item>();
  for (const item of items) {
    const { reverts, revertedHeader } = item.message;
    if ((reverts === undefined && revertedHeader === undefined) || gone.has(item)) continue;
    const target = items.find(
      (other) =>
        other !== item &&
        !gone.has(other) &&
        ((reverts !== undefined && other.commits.some((sha) => sha.startsWith(reverts))) ||
          (revertedHeader !== undefined && withoutNumber(other.message.header) === withoutNumber(revertedHeader))),
    );
    if (target === undefined) continue;
    gone.add(item);
    gone.add(target);
  }
  return items.filter((item) => !gone.has(item));
}

const withoutNumber = (header: string): string => header.replace(/\([#!]\d{1,10}\)\s*$/, '').trimEnd();

const releaseCommit =
  /^(?:chore|build|ci)\((?:release|[\w./-]{1,60})\)!?: (?:release\b.*|v?\d+\.\d+[\w.+-]*(?: \[skip ci\])?)$|^(?:chore: )?(?:release|bump version(?: to)?|version)[: ]+(?:\S{0,60}[ @-])?v?\d+\.\d+[\w.+-]*\.?(?: \(#\d+\))?$|^v?\d+\.\d+\.\d+[\w.+-]*$|^\[maven-release-plugin\]|^chore: release\b/i;
const isRelease = (header: string): boolean => releaseCommit.test(header.slice(0, 300));

const byType: Readonly<Record<string, GroupTitle>> = {
  feat: 'Features',
  feature: 'Features',
  fix: 'Fixes',
  bugfix: 'Fixes',
  hotfix: 'Fixes',
  perf: 'Performance',
  security: 'Security',
  sec: 'Security',
  revert: 'Reverts',
  deps: 'Dependencies',
  chore: 'Chores',
  build: 'Chores',
  ci: 'Chores',
  docs: 'Chores',
  doc: 'Chores',
  refactor: 'Chores',
  style: 'Chores',
  test: 'Chores',
  tests: 'Chores',
};
/** A label's last word counts: `type::feature`, `kind/bug`, `Type: Bug`. */
const byLabel: Readonly<Record<string, GroupTitle>> = {
  breaking: 'Breaking',
  'breaking-change': 'Breaking',
  'breaking change': 'Breaking',
  security: 'Security',
  vulnerability: 'Security',
  feature: 'Features',
  enhancement: 'Features',
  addition: 'Features',
  bug: 'Fixes',
  bugfix: 'Fixes',
  fix: 'Fixes',
  regression: 'Fixes',
  performance: 'Performance',
  dependencies: 'Dependencies',
  dependency: 'Dependencies',
  renovate: 'Dependencies',
  documentation: 'Chores',
  maintenance: 'Chores',
  chore: 'Chores',
  refactoring: 'Chores',
  tooling: 'Chores',
};

const bump =
  /^(?:bump|update|upgrade) (?:dependency |module |image )?\S+ (?:digest |docker tag |action )?(?:from \S+ )?to \S+|^(?:update|bump|pin) (?:all |minor |patch |non-major |dependency |dependencies |lock ?file)/i;

function titleOf({ message, labels, entry: { author } }: Item, belongsToRequest: boolean): GroupTitle {
  const { type, scope, subject, breaking } = message;
  const labelled = labels
    .map(
      (name) =>
        byLabel[
          name
            .toLowerCase()
            .split(/::|\/|: /)
            .at(-1)
            ?.trim() ?? ''
        ],
    )
    .filter((title) => title !== undefined);
  if (breaking || labelled.includes('Breaking')) return 'Breaking';
  if (labelled.includes('Security') || (type === 'fix' && scope === 'security')) return 'Security';
  if (/^(?:deps|deps-dev|dependencies|npm|docker)$/i.test(scope ?? '') || bump.test(subject) || /^(?:renovate|dependabot)\b/i.test(author))
    return 'Dependencies';
  // Commits of a merge request's branch: the merge request stands for them.
  if (belongsToRequest) return 'Chores';
  if (message.revertedHeader !== undefined || message.reverts !== undefined) return 'Reverts';
  return (type === undefined ? undefined : byType[type]) ?? labelled[0] ?? 'Changes';
}
