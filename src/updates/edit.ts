import { isCommit } from '../domain/digest.ts';
import { ConflictError, RefusedError } from '../domain/errors.ts';
import { isDigest } from '../domain/image.ts';
import type { Reference, Spot, TextFile } from '../domain/reference.ts';
import type { Release } from '../domain/release.ts';
import { misread } from './references/draft.ts';

/** The part of an Update that an edit needs. */
export interface Edit {
  readonly reference: Reference;
  readonly to: Release;
}

interface Change extends Spot {
  readonly next: string;
}

/**
 * The file's text with every spot of every reference replaced, and nothing else touched. Throws ConflictError when the text at a spot is not
 * what was found there, RefusedError when a release cannot be written there: without the digest that is pinned, or with text that would change what the file means.
 */
export function applyUpdates(file: TextFile, edits: readonly Edit[]): string {
  const changes = withoutRepeats(
    file,
    edits.flatMap((edit) => changesOf(file, edit)),
  );
  return changes.reduceRight((text, { start, end, next }) => text.slice(0, start) + next + text.slice(end), file.text);
}

function changesOf(file: TextFile, { reference, to }: Edit): Change[] {
  const where = `${file.path}:${reference.line}`;
  if (reference.file !== file.path) throw new ConflictError(file.path, `editing ${where}: the reference is one of ${reference.file}`);
  if (reference.skip !== undefined || reference.spots.length === 0) {
    throw new RefusedError(
      file.path,
      `editing ${where}: ${reference.package.name} is not to be edited: ${reference.skip ?? 'no version is written'}`,
    );
  }
  return reference.spots.map((spot) => {
    if (file.text.slice(spot.start, spot.end) !== spot.text) {
      throw new ConflictError(file.path, `editing ${where}: ${spot.holds} ${spot.text} is no longer where it was found`);
    }
    const next = textFor(spot, to);
    const problem = next === undefined ? `the release has no ${spot.holds}, which is pinned here` : unfit(file.text, spot, next);
    if (next === undefined || problem !== undefined) {
      throw new RefusedError(file.path, `editing ${where}: ${reference.package.name} cannot move to ${to.version}: ${problem}`);
    }
    return { ...spot, next };
  });
}

function textFor({ holds }: Spot, to: Release): string | undefined {
  return { version: to.version, digest: to.digest, sha256: to.sha256, commit: to.commit }[holds];
}

const shapes: Readonly<Record<Spot['holds'], (text: string) => boolean>> = {
  version: (text) => /^[A-Za-z0-9_][A-Za-z0-9_.+~-]*$/.test(text),
  digest: isDigest,
  sha256: (text) => /^[0-9a-f]{64}$/i.test(text),
  commit: isCommit,
};

/** A git tag may hold slashes; it takes the place of none but such a one: elsewhere a slash would change what a path means. */
const slashless = (next: string, old: string): string => (old.includes('/') ? next.replaceAll('/', '_') : next);

/** Why the text must not be written there: it could end the scalar, or become a number where text was. */
function unfit(text: string, { start, end, text: old, holds }: Spot, next: string): string | undefined {
  if (!shapes[holds](slashless(next, old))) return `its ${holds} has characters that none may have`;
  const alone = /^$|\s/.test(text.charAt(start - 1)) && /^$|\s/.test(text.charAt(end));
  const becomesNumber = alone && misread(old) === undefined && misread(next) !== undefined;
  return becomesNumber ? `without quotes ${next} would be read as ${misread(next)}: put ${old} in quotes` : undefined;
}

/** In the order of the text. Two references may share a spot where both move it alike. */
function withoutRepeats(file: TextFile, changes: readonly Change[]): Change[] {
  const sorted = changes.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return sorted.filter((change, index) => {
    const before = sorted[index - 1];
    if (before === undefined || before.end <= change.start) return true;
    if (before.start === change.start && before.end === change.end && before.next === change.next) return false;
    throw new ConflictError(
      file.path,
      `editing ${file.path}: two updates would write ${before.next} and ${change.next} into the same place`,
    );
  });
}
