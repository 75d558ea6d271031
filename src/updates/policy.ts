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
  const ignored = ignoredBy(input.rules, read);
  if (current.kind !== 'version') return moveOfNoVersion(input, digestMove(input, ignored(current), notAVersion(current, versioning), []));
  const higher = higherReleases(input.list.releases, current, versioning);
  const allowed = input.rules.allow === undefined ? () => true : parseAllow(input.rules.allow);
  const refusal = ({ version, release }: Candidate): string | undefined =>
    refusedByShape(current, version) ??
    refusedByRollback({ version, release }, input.rolledBack ?? [], read) ??
    refusedByType(typeOfUpdate(current, version), input.rules) ??
    ignored(version) ??
    (allowed(version) ? undefined : `outside the allowed range "${input.rules.allow}"${at(input.rules.where?.allow)}`) ??
    input.barred?.(release);
  const { taken, refused } = takeFirst(higher, refusal);
  const held = limited(refused);
  if (taken !== undefined) return { kind: 'update', to: taken.release, type: typeOfUpdate(current, taken.version), held };
  return digestMove(input, ignored(current), noneTaken(current, held, input.list), held);
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
