import { type ForgeTraits, requestWord } from '../domain/forge.ts';
import { label, writeMarker } from '../domain/identifiers.ts';
import { packageKey } from '../domain/reference.ts';
import type { ReleaseDetails } from '../domain/release.ts';
import { type Proposal, type Update, updateTypes } from '../domain/update.ts';
import type { Wish } from '../domain/wish.ts';
import { some } from '../domain/wording.ts';
import type { ObjectDiff } from '../manifests/object-diff.ts';
import { fitParts, type Part } from '../markdown/fit.ts';
import { codeSpan, harmlessInline } from '../markdown/harmless.ts';
import type { Changelog } from './changelog/changelog.ts';
import { placesOf, primaryUpdate } from './proposal.ts';
import { changelogPart } from './text/changelog.ts';
import { objectDiffPart } from './text/object-diff.ts';
import { reasons } from './text/reasons.ts';
import { type Move, moveTable } from './text/table.ts';
import { wishesOf } from './wishes.ts';

/** What is known of one update beyond the update itself; whatever is missing is left out of the text. */
export interface UpdateFacts {
  readonly from?: ReleaseDetails | undefined;
  readonly to?: ReleaseDetails | undefined;
  readonly changelog?: Changelog | undefined;
  /** Some of this could not be read, and may be by the next run. */
  readonly unread?: boolean;
  /** Of a bundle: the two tars compared, where they could be, and what could not be read of them. */
  readonly bundle?: { readonly diff: ObjectDiff | undefined; readonly problems: readonly string[] } | undefined;
}

export interface ProposalFacts {
  readonly now: Date;
  /** Of the forge where the merge request will be. */
  readonly traits: ForgeTraits;
  readonly owner?: string | undefined;
  /** By `moveKey` of the update. */
  readonly updates: ReadonlyMap<string, UpdateFacts>;
}

/** Updates with the same key move the same package from and to the same: they share facts, a row and a changelog. */
export function moveKey({ reference, to }: Update): string {
  return JSON.stringify([
    packageKey(reference.package),
    reference.version,
    reference.digest ?? '',
    to.version,
    to.digest ?? to.sha256 ?? '',
  ]);
}

/** Title and description of the proposal's merge request; the description holds to the forge's limit and ends in our marker. */
export function describeProposal(
  proposal: Proposal,
  { now, traits, owner, updates: facts }: ProposalFacts,
): { readonly title: string; readonly description: string } {
  const moves = movesOf(proposal.updates, facts);
  const { app, environment, content, title } = proposal;
  const unread = [...facts.values()].some((one) => one.unread === true);
  const wishes = wishesOf(proposal.updates);
  const parts: Part[] = [
    { text: opening(proposal, owner) },
    ...wishLines(wishes).map((text) => ({ text })),
    { text: moveTable(moves, now), rest: 'More moves are in the diff.' },
    ...changelogParts(moves, now),
    ...objectDiffParts(moves),
    { text: reasons(proposal.updates), rest: 'More versions are held.' },
    { text: footer(proposal, traits) },
    {
      text: writeMarker({
        app,
        environment,
        content,
        title,
        places: placesOf(proposal.updates),
        ...(unread && { unread }),
        ...(wishes.length > 0 && { wishes }),
      }),
    },
  ];
  return { title, description: fitParts(parts, traits.descriptionLimit) };
}

export interface MoveWithFacts extends Move {
  readonly facts: UpdateFacts;
}

/** Updates that move alike are one move; `facts` are by `moveKey`. */
export const movesOf = (updates: readonly Update[], facts: ReadonlyMap<string, UpdateFacts>): MoveWithFacts[] =>
  [...Map.groupBy(updates, moveKey)].flatMap(([key, [first, ...more]]) =>
    first === undefined ? [] : [moveOf([first, ...more], facts.get(key))],
  );

function moveOf(updates: readonly [Update, ...Update[]], facts: UpdateFacts = {}): MoveWithFacts {
  return { updates, facts, from: facts.from, to: facts.to, images: facts.bundle?.diff?.images ?? [] };
}

function opening({ app, environment, updates }: Proposal, owner: string | undefined): string {
  const type = updateTypes.find((each) => updates.some((update) => update.type === each)) ?? 'digest';
  const primary = primaryUpdate(app, updates);
  const { reference, to } = primary ?? {};
  const version = type === 'digest' ? reference?.version : `${reference?.version} → ${to?.version}`;
  const owned = owner === undefined ? '' : ` · owner ${codeSpan(owner)}`;
  return `**${harmlessInline(`${app} ${version ?? ''}`)}** · ${harmlessInline(environment)} · ${type === 'digest' ? 'new digest' : type}${owned}`;
}

/** A reader must not take it for what the rules would propose. */
const wishLines = (wishes: readonly Wish[]): string[] =>
  [...Map.groupBy(wishes, ({ version, by }) => JSON.stringify([version, by])).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const names = [first, ...more].map((wish) => codeSpan(wish.package));
    return `Asked for by ${codeSpan(first.by)}: ${codeSpan(first.version)} of ${some(names, 5)}, and no further, whatever the rules of this environment hold back.`;
  });

export const objectDiffParts = (moves: readonly MoveWithFacts[]): Part[] =>
  moves.flatMap(({ facts: { bundle }, updates: [{ reference }] }) =>
    bundle === undefined ? [] : [objectDiffPart(bundle.diff, bundle.problems, moves.length === 1 ? '' : codeSpan(reference.package.name))],
  );

/** One section per changelog: packages built from the same commits have it in common. */
export function changelogParts(moves: readonly MoveWithFacts[], now: Date, heading?: string): Part[] {
  const groups = [
    ...Map.groupBy(
      moves.filter(({ facts }) => facts.changelog !== undefined),
      ({ facts: { changelog } }) => changelogKey(changelog),
    ),
  ];
  return groups.flatMap(([, group]) => {
    const changelog = group[0]?.facts.changelog;
    const names = group.map(({ updates: [{ reference }] }) => codeSpan(reference.package.name));
    return changelog === undefined ? [] : [changelogPart(changelog, groups.length === 1 ? '' : some(names, 3), now, heading)];
  });
}

function changelogKey(changelog: Changelog | undefined): string {
  if (changelog?.origin === undefined) return JSON.stringify(changelog?.problems ?? []);
  return JSON.stringify([changelog.origin.projectUrl, changelog.compareUrl, changelog.problems]);
}

function footer({ app, updates, branch }: Proposal, { type }: ForgeTraits): string {
  const request = requestWord(type);
  const primary = primaryUpdate(app, updates);
  const digest = updates.every((update) => update.type === 'digest');
  const what = digest ? 'this digest' : harmlessInline(primary?.to.version ?? 'this version');
  const later = digest ? 'a later one will' : 'a later version will';
  return [
    '---',
    `**To say no:** close this ${request}; ${what} will not be proposed again, ${later}. **To take that back:** reopen it, or remove its ${codeSpan(label)} label.`,
    `**To change something yourself:** push to ${codeSpan(branch)}, and Lockkeeper leaves it to you.`,
  ].join('\n\n');
}
