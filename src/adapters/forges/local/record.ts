import { branchPrefix } from '../../../domain/identifiers.ts';
import { type RequestEvent, requestEvents } from '../../../domain/pages.ts';

/** Who writes in merge requests and comments of ours. */
export const ourName = 'lockkeeper';

/** What closes a merge request when nobody does. */
export const deletedBranch = 'a deleted branch';

/** A merge request as it stands in its file, `merge-requests/<id>.json`. Keys that we do not know are kept when the file is written again. */
export interface MergeRecord {
  readonly id: number;
  readonly state: 'open' | 'merged' | 'closed';
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly title: string;
  readonly author: string;
  readonly labels: readonly string[];
  readonly owner?: string;
  /** Head of the source branch when it was last looked at. */
  readonly commit: string;
  /** Other heads that the source branch had when it was looked at before, oldest first. */
  readonly heads?: readonly string[];
  /** Where the head had left the target branch when it was first looked at; a target that is only moved forward does not tell that later. */
  readonly base?: string;
  /** RFC 3339, UTC, as all times. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly mergedAt?: string;
  /** Where it was not merged by plain git, which does not tell. */
  readonly mergedBy?: string;
  /** A merge that was begun: whoever looks next, after it was interrupted, knows by its commit whose merge came about. */
  readonly merging?: { readonly by: string; readonly commit: string };
  /** Where there is one: a target that was only moved forward has none. */
  readonly mergeCommit?: string;
  readonly closedAt?: string;
  /** Who closed it, or what: `a deleted branch`. */
  readonly closedBy?: string;
  readonly approvals: readonly Approval[];
  readonly comments: readonly Comment[];
  /** What happened to it that nothing else in the file tells any more, oldest first. */
  readonly events?: readonly RequestEvent[];
  readonly description: string;
}

export interface Approval {
  readonly user: string;
  /** What they approved. */
  readonly commit: string;
  readonly at: string;
}

interface Comment {
  /** Present on those that we edit in place. */
  readonly key?: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A file that could not be read as a merge request. */
export interface BrokenRecord {
  readonly id: number;
  readonly file: string;
  readonly problem: string;
  /** Its source branch, where the text still says so. */
  readonly sourceBranch?: string;
}

export const isOurs = (record: MergeRecord): boolean => record.sourceBranch.startsWith(branchPrefix);

export const writeRecord = (record: MergeRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** What people may leave out when they write one by hand: author, labels, approvals, comments, description, commit, updatedAt. */
export function readRecord(id: number, file: string, text: string): MergeRecord | BrokenRecord {
  const branch = /"sourceBranch"\s*:\s*"([^"\\]{1,500})"/.exec(text)?.[1];
  const broken = (problem: string): BrokenRecord => ({ id, file, problem, ...(branch === undefined ? {} : { sourceBranch: branch }) });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return broken(Error.isError(error) ? error.message : 'not JSON');
  }
  if (!isObject(value)) return broken('not a JSON object');
  const filled = {
    author: '',
    labels: [],
    approvals: [],
    comments: [],
    description: '',
    commit: '',
    updatedAt: value['createdAt'],
    ...value,
  };
  const wrong = Object.entries(shape).find(([key, fits]) => !fits((filled as Record<string, unknown>)[key]));
  if (wrong !== undefined) return broken(`"${wrong[0]}" is missing, or not what it should be`);
  return value['id'] === id ? (filled as unknown as MergeRecord) : broken(`"id" is not ${id}, as the file's name says`);
}

export const isBroken = (record: MergeRecord | BrokenRecord): record is BrokenRecord => 'problem' in record;
export const isWhole = (record: MergeRecord | BrokenRecord): record is MergeRecord => !isBroken(record);

type Fits = (value: unknown) => boolean;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Fits = (value) => typeof value === 'string';
const name: Fits = (value) => typeof value === 'string' && value !== '';
const time: Fits = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const optional =
  (fits: Fits): Fits =>
  (value) =>
    value === undefined || fits(value);
const listOf =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const withKeys =
  (keys: Readonly<Record<string, Fits>>): Fits =>
  (value) =>
    isObject(value) && Object.entries(keys).every(([key, fits]) => fits(value[key]));

const shape: Readonly<Record<keyof MergeRecord, Fits>> = {
  id: (value) => typeof value === 'number',
  state: (value) => value === 'open' || value === 'merged' || value === 'closed',
  sourceBranch: name,
  targetBranch: name,
  title: text,
  author: text,
  labels: listOf(text),
  owner: optional(text),
  commit: text,
  heads: optional(listOf(text)),
  base: optional(text),
  createdAt: time,
  updatedAt: time,
  mergedAt: optional(time),
  mergedBy: optional(text),
  merging: optional(withKeys({ by: text, commit: text })),
  mergeCommit: optional(text),
  closedAt: optional(time),
  closedBy: optional(text),
  approvals: listOf(withKeys({ user: text, commit: text, at: time })),
  comments: listOf(withKeys({ key: optional(text), author: text, text, createdAt: time, updatedAt: time })),
  events: optional(
    listOf(withKeys({ what: (value) => requestEvents.some((one) => one === value), by: optional(text), commit: optional(text), at: time })),
  ),
  description: text,
};
