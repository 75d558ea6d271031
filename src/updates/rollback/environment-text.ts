import { type ForgeTraits, requestWord, type SourceCommit } from '../../domain/forge.ts';
import { label, writeMarker } from '../../domain/identifiers.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import { instant } from '../../domain/time.ts';
import type { Proposal } from '../../domain/update.ts';
import { count } from '../../domain/wording.ts';
import { details } from '../../markdown/details.ts';
import { fitParts, type Part } from '../../markdown/fit.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import type { Changes } from '../carry-out.ts';
import { movesOf } from '../merge-request.ts';
import { placesOf } from '../proposal.ts';
import { moveTable } from '../text/table.ts';
import { mostLeft } from './make.ts';
import { asked } from './text.ts';

/** What the rollback of a whole environment does. */
export interface EnvironmentRollback {
  readonly proposal: Proposal;
  readonly mark: RollbackMark;
  /** The commit that is gone back to. */
  readonly to: SourceCommit;
  /** Those after it on the default branch, newest first. */
  readonly undone: readonly SourceCommit[];
  readonly changes: Changes;
  readonly defaultBranch: string;
}

const mostCommits = 50;
const mostFiles = 200;

/** The description of its merge request; it holds to the forge's limit and ends in our marker. */
export function describeEnvironmentRollback(of: EnvironmentRollback, traits: ForgeTraits, now: Date): string {
  const { proposal, mark, to, undone, changes, defaultBranch } = of;
  const { environment, app, content, title, updates } = proposal;
  const name = `${linked(to)}${subject(to)}`;
  const parts: Part[] = [
    { text: `**${harmlessInline(environment)} → ${codeSpan(to.sha.slice(0, 8))}** · rollback of the whole environment` },
    {
      text: `${asked(mark)} What stands on ${codeSpan(defaultBranch)} becomes what stood there with ${name}, of ${instant(new Date(to.date))}.`,
    },
    {
      text: '> ⚠ **Data is not rolled back.** What the versions that are left have migrated or written stays as it is: make sure before you merge that the earlier ones can work with it.',
    },
    { text: updates.length === 0 ? 'No version moves.' : moveTable(movesOf(updates, new Map()), now), rest: 'More moves are in the diff.' },
    { text: commitsPart(undone), rest: 'The rest is cut here.' },
    { text: filesPart(changes), rest: 'More files are in the diff.' },
    { text: mark.left.length < mostLeft ? '' : `Only the first ${mostLeft} versions that are left are held back.` },
    { text: footer(proposal, traits) },
    { text: writeMarker({ app, environment, content, title, places: placesOf(updates), rollback: mark }) },
  ];
  return fitParts(parts, traits.descriptionLimit);
}

function commitsPart(undone: readonly SourceCommit[]): string {
  const lines = undone.slice(0, mostCommits).map((one) => `- ${linked(one)}${subject(one)}, ${instant(new Date(one.date))}`);
  const more = undone.length - lines.length;
  return ['### What this undoes', [...lines, ...(more > 0 ? [`- and ${count(more, 'earlier commit')}`] : [])].join('\n')].join('\n\n');
}

function linked({ sha, url }: SourceCommit): string {
  const href = safeHref(url);
  const name = codeSpan(sha.slice(0, 8));
  return href === undefined ? name : `[${name}](${href})`;
}

const subject = ({ message, author }: SourceCommit): string =>
  ` ${harmlessInline((message.split('\n')[0] ?? '').slice(0, 200))} (${harmlessInline(author.slice(0, 100))})`;

function filesPart({ files, removed }: Changes): string {
  const all = [
    ...files.map(({ path, isNew }) => `${codeSpan(path)}${isNew === true ? ', back again' : ''}`),
    ...removed.map((path) => `${codeSpan(path)}, **taken away**`),
  ];
  const more = all.length - mostFiles;
  const lines = [...all.slice(0, mostFiles).map((one) => `- ${one}`), ...(more > 0 ? [`- and ${more} more`] : [])];
  const untouched = 'Grants under `access/` and all of `environment.yml` but its list of manifests stay as they are now.';
  return [details(count(all.length, 'file'), lines.join('\n')), untouched].join('\n\n');
}

function footer({ environment, branch }: Proposal, { type }: ForgeTraits): string {
  const request = requestWord(type);
  return [
    '---',
    `**From now on, and once merged:** the versions that are left are not proposed again in ${harmlessInline(environment)}, nor what lies below them, until something newer is out. **To take that back:** remove the ${codeSpan(label)} label here.`,
    `**To say no:** close this ${request}; nothing is rolled back then, and nothing held back.`,
    `**To change something yourself:** push to ${codeSpan(branch)}, and Lockkeeper leaves it to you.`,
  ].join('\n\n');
}
