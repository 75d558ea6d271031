import type { MergeRequest } from '../domain/forge.ts';
import { readMarker } from '../domain/identifiers.ts';
import type { Reference } from '../domain/reference.ts';
import type { ReleaseList } from '../domain/release.ts';
import type { Update } from '../domain/update.ts';
import type { Numbered, Version } from '../domain/version.ts';
import { comparable, compareVersions } from '../domain/version-order.ts';
import type { Wish } from '../domain/wish.ts';
import type { Candidate } from './read-releases.ts';

/** What an app's merge request was asked to carry. It lasts as long as that is open: merged or closed, it is over. */
export const wishesIn = (requests: readonly MergeRequest[]): readonly Wish[] =>
  requests.flatMap(({ state, description }) => (state === 'open' ? (readMarker(description)?.wishes ?? []) : []));

/** What stands at the same version as the package is of the same release of the app, and is wished for with it. */
export function withCompanions(wish: Wish, references: readonly Pick<Reference, 'package' | 'version'>[]): readonly Wish[] {
  const versions = references.filter((one) => one.package.name === wish.package).map(({ version }) => version);
  const names = references.filter(({ version }) => versions.includes(version)).map((one) => one.package.name);
  return [...new Set([wish.package, ...names])].map((of) => ({ ...wish, package: of }));
}

/** Those that the updates fulfil, each once. */
export const wishesOf = (updates: readonly Pick<Update, 'wish'>[]): readonly Wish[] => [
  ...new Map(updates.flatMap(({ wish }) => (wish === undefined ? [] : [[JSON.stringify(wish), wish]]))).values(),
];

interface WishInput {
  readonly wish: Wish;
  readonly current: Numbered;
  /** Above the current one, highest first. */
  readonly higher: readonly Candidate[];
  readonly list: ReleaseList;
  readonly read: (text: string) => Version;
  /** What no wish helps against. */
  readonly refusal: (candidate: Candidate) => string | undefined;
}

/** The release that is wished for, or why it is not taken. */
export function grant({ wish, current, higher, list, read, refusal }: WishInput): Candidate | string {
  const found = higher.find(({ release }) => release.version === wish.version);
  return found === undefined ? whyNot(wish.version, current, list, read) : (refusal(found) ?? found);
}

function whyNot(wished: string, current: Numbered, { releases, complete, problem }: ReleaseList, read: (text: string) => Version): string {
  const version = read(wished);
  if (wished === current.text) return `${wished} is what stands there`;
  if (version.kind === 'version' && comparable(current, version) && compareVersions(version, current) <= 0)
    return `${wished} is not above ${current.text}, which stands there: what goes back is a rollback`;
  if (releases.some((release) => release?.version === wished)) return `${wished} cannot be compared with ${current.text}`;
  return complete
    ? `its registry lists no ${wished}`
    : `${wished} is not among what its registry listed: ${problem ?? 'the list is incomplete'}`;
}

/** Why a higher version is not taken beside the one that was asked for. */
export const wishStands = ({ by, version }: Wish): string => `${by} asked for ${version}`;
