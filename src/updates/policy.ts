import type { ReleaseList } from '../domain/release.ts';
import type { HeldVersion, UpdateType } from '../domain/update.ts';
import type { Numbered, Version } from '../domain/version.ts';
import { compareVersions, lowerPlatform, sameRelease, typeOfUpdate } from '../domain/version-order.ts';
import { parseAllow, parseIgnore } from '../domain/version-range.ts';
import { type Versioning, versioningOf } from '../domain/versioning.ts';
import type { Decision, DecisionInput, UpdateRules } from './decision.ts';
import { digestMove } from './digest-move.ts';
import { type Candidate, higherReleases } from './read-releases.ts';
import { refusedByRollback } from './rollback/held.ts';
import { grant, wishStands } from './wishes.ts';

/** Which release to move to, or why to none. Throws UsageError when `allow`, `ignore` or `versioning` cannot be read. */
export function decide(input: DecisionInput): Decision {
  const versioning = versioningOf(input.rules.versioning);
  const incomplete = input.list.complete ? {} : { incomplete: input.list.problem ?? 'the list of versions is incomplete' };
  return { ...decideOnList(input, versioning), ...incomplete };
}

function decideOnList(input: DecisionInput, versioning: Versioning): Decision {
  const read = (text: string): Version => {
    const [version = { kind: 'channel', text }] = versioning.readAll([text]);
    return version;
  };
  const current = read(input.current.version);
  const refusals = refusalsOf(input, read);
  if (current.kind !== 'version') {
    const why = notAVersion(current, versioning);
    return { ...moveOfNoVersion(input, digestMove(input, refusals.ignored(current), why, [])), ...(input.wish && { refusedWish: why }) };
  }
  const higher = higherReleases(input.list.releases, current, versioning);
  const { refusal, fate } = heeding(input, current, higher, read, refusals);
  const { taken, refused } = takeFirst(higher, (candidate) => refusal(candidate, current));
  const held = limited(refused);
  if (taken !== undefined) return { kind: 'update', to: taken.release, type: typeOfUpdate(current, taken.version), held, ...fate };
  return { ...digestMove(input, refusals.ignored(current), noneTaken(current, held, input.list), held), ...fate };
}

type Refusal = (candidate: Candidate, current: Numbered) => string | undefined;

interface Refusals {
  readonly ignored: (version: Version) => string | undefined;
  /** What no wish helps against. */
  readonly firm: (candidate: Candidate) => string | undefined;
  readonly usual: Refusal;
}

/** The rules, ready to be asked. */
function refusalsOf({ rules, rolledBack = [], barred }: DecisionInput, read: (text: string) => Version): Refusals {
  const ignored = ignoredBy(rules, read);
  const allowed = rules.allow === undefined ? () => true : parseAllow(rules.allow);
  return {
    ignored,
    firm: (candidate) => refusedByRollback(candidate, rolledBack, read) ?? ignored(candidate.version),
    usual: ({ version, release }, current) =>
      refusedByShape(current, version) ??
      refusedByRollback({ version, release }, rolledBack, read) ??
      refusedByType(typeOfUpdate(current, version), rules) ??
      ignored(version) ??
      (allowed(version) ? undefined : `outside the allowed range "${rules.allow}"${at(rules.where?.allow)}`) ??
      barred?.(release),
  };
}

/** The rules, where somebody asked for a version: that one and no other. */
function heeding(
  { wish, list }: DecisionInput,
  current: Numbered,
  higher: readonly Candidate[],
  read: (text: string) => Version,
  { firm, usual }: Refusals,
): { readonly refusal: Refusal; readonly fate: Pick<Decision, 'wish' | 'refusedWish'> } {
  if (wish === undefined) return { refusal: usual, fate: {} };
  const granted = grant({ wish, current, higher, list, read, refusal: firm });
  if (typeof granted === 'string') return { refusal: usual, fate: { refusedWish: granted } };
  return { refusal: (one) => (one === granted ? undefined : (usual(one, current) ?? wishStands(wish))), fate: { wish } };
}

/** What cannot move whatever the registry has is told, as anything that is not looked up. */
function moveOfNoVersion({ current, rules }: DecisionInput, decision: Decision): Decision {
  const follows = current.digest !== undefined && rules.types.includes('digest');
  return decision.kind === 'update' || follows ? decision : { ...decision, held: [{ reason: decision.reason }] };
}

function refusedByShape(current: Numbered, candidate: Numbered): string | undefined {
  if (candidate.pre !== undefined && current.pre === undefined) return `pre-release; ${current.text} is stable`;
  if (candidate.pre !== undefined && !sameRelease(current, candidate)) {
    return `pre-release of another release; ${current.text} moves to a newer one of ${current.written.join('.')} or to a final version`;
  }
  const lower = lowerPlatform(current, candidate);
  return lower === undefined ? undefined : `built on ${lower.to}; ${current.text} is built on ${lower.from}`;
}

function refusedByType(type: UpdateType, { types, where }: UpdateRules): string | undefined {
  return types.includes(type) ? undefined : `${type} update; this environment takes ${types.join(', ') || 'none'}${at(where?.types)}`;
}

/** Where the rule stands. */
const at = (place: string | undefined): string => (place === undefined ? '' : ` (${place})`);

function ignoredBy({ ignore = [], where }: UpdateRules, read: (text: string) => Version): (version: Version) => string | undefined {
  const entries = ignore.map((entry) => ({ entry, means: parseIgnore(entry, read) }));
  return (version) => {
    const by = entries.find(({ means }) => means(version));
    return by === undefined ? undefined : `ignored by "${by.entry}"${at(where?.ignore)}`;
  };
}

interface Refused extends HeldVersion {
  readonly candidate: Numbered;
}

function takeFirst(higher: readonly Candidate[], refusal: (candidate: Candidate) => string | undefined) {
  const refused: Refused[] = [];
  for (const candidate of higher) {
    const reason = refusal(candidate);
    if (reason === undefined) return { taken: candidate, refused };
    const before = refused.at(-1);
    const again = before !== undefined && before.reason === reason && compareVersions(before.candidate, candidate.version) === 0;
    if (!again) refused.push({ version: candidate.version.text, reason, candidate: candidate.version });
  }
  return { taken: undefined, refused };
}

const mostPerReason = 20;

/** At most twenty per reason; the last of them says how many more there are. */
function limited(refused: readonly Refused[]): readonly HeldVersion[] {
  const counts = new Map<string, number>();
  for (const { reason } of refused) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const seen = new Map<string, number>();
  return refused.flatMap(({ version = '', reason }) => {
    const nth = (seen.get(reason) ?? 0) + 1;
    seen.set(reason, nth);
    const more = (counts.get(reason) ?? 0) - mostPerReason;
    if (nth > mostPerReason) return [];
    return [{ version, reason: nth === mostPerReason && more > 0 ? `${reason} (and ${more} more below it)` : reason }];
  });
}

function notAVersion(current: Version, versioning: Versioning): string {
  if (current.text === '') return 'only a digest is written, so there is no tag to follow';
  const noun = current.kind === 'commit' ? 'a commit, not a version' : `not ${versioning.noun}`;
  return `"${current.text}" is ${noun}: it moves by digest only`;
}

function noneTaken(current: Numbered, [highest]: readonly HeldVersion[], list: ReleaseList): string {
  const known = list.complete ? `the ${list.releases.length} that are known` : 'those known from an incomplete list';
  if (highest === undefined) return `no version comparable with ${current.text} is higher among ${known}`;
  return `no higher version may be taken; ${highest.version}: ${highest.reason}`;
}
