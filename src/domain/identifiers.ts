import { createHash } from 'node:crypto';
import { isRollbackMark, type RollbackMark } from './rollback.ts';
import { isWish, type Wish } from './wish.ts';

/** Branches of ours; written and read only here. */
export const branchPrefix = 'lockkeeper/';
export const label = 'lockkeeper';

const plainApp = /^[a-z0-9][a-z0-9._-]{0,79}$/;

/**
 * An app's branch: `lockkeeper/<app>` wherever git allows the name (git check-ref-format: no `..`, no `.lock` or `.` at the end).
 * Any other name becomes a readable form of itself, `--` and a hash of it. Plain names hold no `--`, so no two apps share a branch;
 * capitals are hashed too, because some file systems cannot tell `Billing` from `billing`, and so is what begins like a rollback's branch.
 */
export function branchOf(app: string): string {
  const plain = plainApp.test(app) && !/^rollback-|\.\.|--|\.$|\.lock$/.test(app);
  return `${branchPrefix}${plain ? app : `${readable(app)}--${createHash('sha256').update(app).digest('hex').slice(0, 10)}`}`;
}

/** The branch of an app's rollback, `lockkeeper/rollback-<app>`, or of the whole environment's: no proposal's, and no two rollbacks share one. */
export const rollbackBranchOf = (app: string | undefined): string =>
  `${branchPrefix}rollback-${app === undefined ? '-environment' : branchOf(app).slice(branchPrefix.length)}`;

function readable(app: string): string {
  const words = app
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['app'];
  return words.join('-').slice(0, 60).replace(/-$/, '');
}

const trailers = { content: 'Lockkeeper-Content: ', places: 'Lockkeeper-Places: ' };

/** What a commit of ours carries. */
export interface Carried {
  /** Proposal.content */
  readonly content: string;
  /** Where it changes what: see placesOf. Absent in commits of older versions. */
  readonly places?: string;
}

/** A commit of ours says what it carries, so that a run that finds it knows whether it still stands. */
export const commitMessage = (title: string, { content, places }: Carried): string =>
  `${title}\n\n${trailers.content}${content}\n${places === undefined ? '' : `${trailers.places}${places}\n`}`;

/** Undefined for a message that is none of ours. */
export function carriedBy(message: string): Carried | undefined {
  const lines = message.split('\n');
  const [content, places] = [trailers.content, trailers.places].map((trailer) =>
    lines
      .findLast((line) => line.startsWith(trailer))
      ?.slice(trailer.length)
      .trim(),
  );
  return content === undefined ? undefined : { content, ...(places !== undefined && { places }) };
}

/** A commit of ours that asks for access says who asked, by their name at the forge. */
export const requestMessage = (title: string, by: string): string => `${title}\n\nRequested-by: ${by}\n`;

/** Whom a message names; anybody who may push can write one. */
export const requestedBy = (message: string): readonly string[] =>
  [...message.matchAll(/^Requested-by: (\S+)[ \t\r]*$/gm)].flatMap(([, name]) => name ?? []);

/** What we note in a merge request's description, to find our way again. Anybody who may edit the description can write one: never decide who may do what by it. */
export interface Marker {
  readonly app: string;
  readonly environment: string;
  /** See Proposal.content. */
  readonly content: string;
  /** As we wrote it last: a title that differs was changed by a person and stays. */
  readonly title: string;
  /** See placesOf: what the text says of files. Absent in texts of older versions. */
  readonly places?: string;
  /** Something that the text tells could not be read when it was written: a later run writes it anew. */
  readonly unread?: true;
  /** Present when we closed it ourselves, so that it is no "no" to this content. */
  readonly closed?: string;
  /** Present when it takes versions back; `app` is empty where it is the whole environment's. */
  readonly rollback?: RollbackMark;
  /** Versions that people asked for, whatever the rules hold back: as long as it is open, scans leave them in it. */
  readonly wishes?: readonly Wish[];
}

const opening = '<!-- lockkeeper:update ';
const closing = ' -->';

export function writeMarker(marker: Marker): string {
  const json = JSON.stringify(marker).replaceAll('--', '\\u002d\\u002d').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
  return `${opening}${json}${closing}`;
}

/** The last marker in the text: ours stands at the end, behind whatever text came from outside. */
export function readMarker(text: string): Marker | undefined {
  const start = text.lastIndexOf(opening);
  const end = text.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start + opening.length, end));
    return isMarker(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const { app, environment, content, title, places, unread, closed, rollback, wishes } = value as Record<keyof Marker, unknown>;
  return (
    [app, environment, content, title].every((part) => typeof part === 'string') &&
    [places, closed].every((part) => part === undefined || typeof part === 'string') &&
    (unread === undefined || unread === true) &&
    (rollback === undefined || isRollbackMark(rollback)) &&
    (wishes === undefined || (Array.isArray(wishes) && wishes.every(isWish)))
  );
}
