import { type DemoApp, type DemoCommit, type DemoMerge, type DemoRelease, people } from './app.ts';
import type { Step } from './git.ts';

const day = 86_400;
/** Before the first release, in seconds. */
const lead = 14 * day;

/** Where the history stands while it is written. */
interface Writing {
  readonly app: DemoApp;
  readonly steps: Step[];
  /** Path → text, as of the last commit on main. */
  readonly files: Map<string, string>;
  /** Subject → mark. */
  readonly marks: Map<string, number>;
  head: number;
  last: number;
}

/** The whole history of an app's repository: every commit, merge and tag, dated. */
export function historyOf(app: DemoApp): readonly Step[] {
  const first = seconds(app.releases[0]?.date ?? '2026-01-01') - lead;
  const writing: Writing = { app, steps: [], files: new Map(), marks: new Map(), head: 0, last: 0 };
  const readme = { 'README.md': `# ${app.name}\n\n${app.description}\n` };
  commit(writing, { by: 'ada', message: `chore: begin ${app.name}`, time: first, files: readme, parents: [] });
  let since = first;
  for (const release of app.releases) {
    writeRelease(writing, release, since);
    since = seconds(release.date);
  }
  return writing.steps;
}

/** Mid-morning of that day, in seconds since 1970. */
export const seconds = (date: string): number => Date.parse(`${date}T09:30:00Z`) / 1000;

const subjectOf = (message: string): string => message.split('\n')[0] ?? '';

function writeRelease(writing: Writing, release: DemoRelease, since: number): void {
  const { app } = writing;
  const until = seconds(release.date);
  const step = Math.floor((until - since) / (release.work.length + 1));
  for (const [index, work] of release.work.entries()) {
    const time = since + (index + 1) * step;
    if ('commits' in work) writeMerge(writing, work, time);
    else commit(writing, { by: work.by, message: messageOf(writing, work), time, files: change(writing, work), parents: [writing.head] });
  }
  const by = release.work[0]?.by ?? 'ada';
  const files = { VERSION: `${release.version}\n`, ...(app.changelog === true && { 'CHANGELOG.md': changelogOf(app, release) }) };
  commit(writing, { by, message: `chore(release): ${release.version}`, time: until, files, parents: [writing.head] });
  writing.steps.push({
    kind: 'tag',
    name: app.tagPrefix + release.version,
    of: writing.head,
    ...(release.notes !== undefined && { annotation: { author: people[by], time: until, text: release.notes } }),
  });
}

/** The branch starts where main stands, and is merged an hour after its last commit. */
function writeMerge(writing: Writing, merge: DemoMerge, time: number): void {
  const main = writing.head;
  const hour = day / 24;
  for (const [index, one] of merge.commits.entries()) {
    const at = time - (merge.commits.length - index) * hour;
    commit(writing, { by: one.by, message: messageOf(writing, one), time: at, files: change(writing, one), parents: [writing.head] });
  }
  const message = `Merge branch '${merge.branch}' into 'main'\n\n${merge.title}\n\nSee merge request apps/${writing.app.name}!${merge.id}\n`;
  const files = Object.fromEntries(merge.commits.map(({ file }) => [file, writing.files.get(file) ?? '']));
  commit(writing, { by: merge.by, message, time, files, parents: [main, writing.head] });
}

function commit(
  writing: Writing,
  of: { by: keyof typeof people; message: string; time: number; files: Readonly<Record<string, string>>; parents: readonly number[] },
): void {
  const mark = writing.last + 1;
  writing.last = mark;
  writing.head = mark;
  writing.marks.set(subjectOf(of.message), mark);
  const { message, time, files, parents } = of;
  writing.steps.push({ kind: 'commit', mark, parents, author: people[of.by], time, message: `${message.trimEnd()}\n`, files });
}

const messageOf = (writing: Writing, { message, reverts }: DemoCommit): string =>
  reverts === undefined ? message : message.replace('{reverted}', `{commit ${writing.marks.get(reverts) ?? 0}}`);

/** A commit adds a line that its subject names, a revert takes that line out again. */
function change(writing: Writing, { file, message, reverts }: DemoCommit): Readonly<Record<string, string>> {
  const before = writing.files.get(file) ?? '';
  const after = reverts === undefined ? before + lineFor(file, message) : before.replace(lineFor(file, reverts), '');
  writing.files.set(file, after);
  return { [file]: after };
}

const commentSigns: Readonly<Record<string, string>> = { ts: '//', go: '//', rs: '//', md: '-' };

function lineFor(file: string, message: string): string {
  const sign = commentSigns[file.split('.').at(-1) ?? ''] ?? '#';
  const words = subjectOf(message).replace(/^\w+(?:\([\w-]+\))?!?: /, '');
  return `${sign} ${words.replaceAll(/[^\w ,.'-]+/g, ' ').trim()}\n`;
}

/** https://keepachangelog.com: newest first, only what somebody who runs it wants to know. */
function changelogOf(app: DemoApp, upTo: DemoRelease): string {
  const sections = app.releases.slice(0, app.releases.indexOf(upTo) + 1).map(({ version, date, work }) => {
    const subjects = work.map((one) => ('commits' in one ? one.title : subjectOf(one.message)));
    const lines = subjects.flatMap((subject) => {
      const [, kind = '', scope = '', words = ''] = /^(feat|fix|perf)\(?([\w-]*)\)?!?: (.*)$/.exec(subject) ?? [];
      return kind === '' ? [] : [`- ${scope === '' ? '' : `**${scope}:** `}${words}\n`];
    });
    return `## [${version}] - ${date}\n\n${lines.join('')}\n`;
  });
  return `# Changelog\n\n${sections.reverse().join('')}`;
}
