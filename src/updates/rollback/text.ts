import { type ForgeTraits, requestWord, type SourceCommit } from '../../domain/forge.ts';
import { label, writeMarker } from '../../domain/identifiers.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import { instant } from '../../domain/time.ts';
import type { Proposal } from '../../domain/update.ts';
import { fitParts, type Part } from '../../markdown/fit.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { safeHref } from '../../markdown/links.ts';
import { changelogParts, type MoveWithFacts, movesOf, objectDiffParts, type ProposalFacts } from '../merge-request.ts';
import { placesOf, primaryUpdate } from '../proposal.ts';
import { moveTable } from '../text/table.ts';
import { migrationsFirst } from './migrations.ts';

/** What the text of a rollback says beside its moves. */
export interface RollbackFacts {
  readonly mark: RollbackMark;
  /** The commit with which what is gone back to came to the default branch. */
  readonly since: SourceCommit;
  readonly defaultBranch: string;
}

/** The description of a rollback's merge request; it holds to the forge's limit and ends in our marker. */
export function describeRollback(proposal: Proposal, rollback: RollbackFacts, facts: ProposalFacts): string {
  const { app, environment, content, title, updates } = proposal;
  const { mark } = rollback;
  const moves = movesOf(updates, facts.updates).map(undone);
  const unread = moves.some((one) => one.facts.unread === true);
  const parts: Part[] = [
    { text: opening(proposal, facts.owner) },
    { text: `${asked(mark)} ${stood(proposal, rollback)}` },
    { text: warning(proposal, moves) },
    { text: moveTable(moves, facts.now), rest: 'More moves are in the diff.' },
    ...changelogParts(moves, facts.now, 'What this undoes'),
    ...objectDiffParts(moves),
    { text: footer(proposal, facts.traits) },
    {
      text: writeMarker({ app, environment, content, title, places: placesOf(updates), ...(unread && { unread }), rollback: mark }),
    },
  ];
  return fitParts(parts, facts.traits.descriptionLimit);
}

const undone = (move: MoveWithFacts): MoveWithFacts => {
  const { changelog } = move.facts;
  return changelog === undefined ? move : { ...move, facts: { ...move.facts, changelog: migrationsFirst(changelog) } };
};

function opening({ app, environment, updates }: Proposal, owner: string | undefined): string {
  const { reference, to } = primaryUpdate(app, updates) ?? {};
  const versions = reference?.version === to?.version ? reference?.version : `${reference?.version} → ${to?.version}`;
  const owned = owner === undefined ? '' : ` · owner ${codeSpan(owner)}`;
  return `**${harmlessInline(`${app} ${versions ?? ''}`.trim())}** · ${harmlessInline(environment)} · rollback${owned}`;
}

export const asked = ({ by, why }: RollbackMark): string =>
  `Asked for by ${codeSpan(by)}${why === '' ? ', without a reason.' : `: ${harmlessInline(why)}${/[.!?]$/.test(why) ? '' : '.'}`}`;

function stood(proposal: Proposal, { since, defaultBranch }: RollbackFacts): string {
  const href = safeHref(since.url);
  const name = codeSpan(since.sha.slice(0, 8));
  const link = href === undefined ? name : `[${name}](${href})`;
  return `${nameOf(proposal, 'to')} came to ${codeSpan(defaultBranch)} with ${link} at ${instant(new Date(since.date))}.`;
}

/** The version, or what there is to call it where only digests differ. */
function nameOf({ app, updates }: Proposal, end: 'from' | 'to'): string {
  const { reference, to } = primaryUpdate(app, updates) ?? {};
  if (reference === undefined || to === undefined || reference.version === to.version)
    return end === 'to' ? 'The earlier digest' : 'the digest that is left';
  return harmlessInline(end === 'to' ? to.version : reference.version);
}

function warning(proposal: Proposal, moves: readonly MoveWithFacts[]): string {
  const groups = moves.flatMap(({ facts }) => facts.changelog?.groups ?? []);
  const named = ['Breaking', 'Migrations'].filter((title) => groups.some((group) => group.title === title));
  const words = { Breaking: 'breaking changes', Migrations: 'migrations' } as const;
  const see = named.length === 0 ? '' : ` See the ${named.map((title) => words[title as keyof typeof words]).join(' and ')} below.`;
  return `> ⚠ **Data is not rolled back.** What ${nameOf(proposal, 'from')} has migrated or written stays as it is: make sure before you merge that ${decapitalized(nameOf(proposal, 'to'))} can work with it.${see}`;
}

const decapitalized = (text: string): string => text.replace(/^The /, 'the ');

function footer(proposal: Proposal, { type }: ForgeTraits): string {
  const request = requestWord(type);
  const left = nameOf(proposal, 'from');
  const below = proposal.updates.every((update) => update.type === 'digest') ? '' : ', nor what lies below it,';
  return [
    '---',
    `**From now on, and once merged:** ${left} is not proposed again in ${harmlessInline(proposal.environment)}${below} until something newer is out. **To take that back:** remove the ${codeSpan(label)} label here.`,
    `**To say no:** close this ${request}; nothing is rolled back then, and nothing held back.`,
    `**To change something yourself:** push to ${codeSpan(proposal.branch)}, and Lockkeeper leaves it to you.`,
  ].join('\n\n');
}
