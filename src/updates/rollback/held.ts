import type { MergeRequest } from '../../domain/forge.ts';
import { label, readMarker } from '../../domain/identifiers.ts';
import type { RolledBack } from '../../domain/rollback.ts';
import type { Numbered, Version } from '../../domain/version.ts';
import { comparable, compareVersions } from '../../domain/version-order.ts';
import type { Candidate } from '../read-releases.ts';

/** What rollbacks hold back: those that are open or merged. One that is closed unmerged holds nothing, nor one whose label a person took off. */
export const rolledBack = (requests: readonly MergeRequest[]): readonly RolledBack[] =>
  requests.filter(isHolding).flatMap(({ url, createdAt: at, description }) => {
    const left = readMarker(description)?.rollback?.left ?? [];
    return left.map((one) => ({ ...one, url, at }));
  });

const isHolding = ({ state, labels, unfinished }: MergeRequest): boolean =>
  state !== 'closed' && (labels.includes(label) || unfinished === true);

/**
 * Why a release is held back by a rollback: it is the one that was left, or lies below it, and was not published after that. `read` makes a
 * version of what was left.
 */
export function refusedByRollback(
  { version, release }: Candidate,
  all: readonly RolledBack[],
  read: (text: string) => Version,
): string | undefined {
  const by = all.find(
    (one) => isUpTo(version, read(one.version)) && (version.text === one.version || !isLater(release.publishedAt, one.at)),
  );
  return by && reasonOf(by);
}

/** The same for the digest that a tag has moved to. */
export function digestRolledBack(version: string, digest: string, all: readonly RolledBack[]): string | undefined {
  const by = all.find((one) => one.version === version && one.digest === digest);
  return by && reasonOf(by);
}

const reasonOf = ({ version, url }: RolledBack): string =>
  `rolled back in ${url}: not proposed again until something newer${version === '' ? '' : ` than ${version}`} is out, or the label "lockkeeper" is taken off there`;

const isUpTo = (version: Numbered, left: Version): boolean =>
  left.kind === 'version' && comparable(left, version) ? compareVersions(version, left) <= 0 : version.text === left.text;

const isLater = (publishedAt: string | undefined, than: string): boolean => Date.parse(publishedAt ?? '') > Date.parse(than);
