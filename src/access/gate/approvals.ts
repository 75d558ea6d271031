import type { Hand } from '../../domain/access-forge.ts';
import { commandsIn } from '../../domain/command-comment.ts';
import type { ForgeTraits, Review, Reviews } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
import { durationText } from '../../domain/time.ts';
import type { Directory } from './evidence.ts';
import { deedOf, mayBeOf } from './hands.ts';
import { noPerson } from './names.ts';

export interface ApprovalFacts {
  readonly forge: ForgeTraits['type'];
  readonly reviews: Reviews;
  readonly comments: readonly RequestComment[];
  readonly hands: readonly Hand[];
  readonly directory: Pick<Directory, 'people'>;
  /** Who may approve: name by id. */
  readonly approvers: ReadonlyMap<string, string>;
  /** Whose approval would be for themselves: what they are to the request, by id. */
  readonly parties: ReadonlyMap<string, string>;
  /** Milliseconds. */
  readonly dwellMs: number;
  /** RFC 3339: until when it waited; whoever opens it again asks for nothing new. */
  readonly expiresAt: string;
  /** Milliseconds for which an approval waits for the merge: a draft, or one that was closed, may be merged long after anybody thought of it. */
  readonly keepsMs: number;
  /** RFC 3339: the merge, or now. */
  readonly until: string;
  /** RFC 3339: it was closed then, and opened again since. */
  readonly closedAt?: string;
  /** RFC 3339: what came later does not count. Undefined while it is not merged. */
  readonly mergedAt?: string;
}

export interface Approvals {
  /** Those that count. */
  readonly approvedBy: readonly ForgeUser[];
  /** Those that do not, and why; whole sentences. */
  readonly passedOver: readonly string[];
  /** Those of them who can make theirs count by writing for which commit it is. */
  readonly unproven: readonly ForgeUser[];
  /** Approvers who want something else. */
  readonly against: readonly ForgeUser[];
}

/** Which approvals count for the head as it is: of each user the last word. A dismissal revives nothing that was said before it. */
export function countApprovals(facts: ApprovalFacts): Approvals {
  const last = [...lastWords(facts).values()];
  const judged = last
    .filter(({ state }) => state === 'approved')
    .map((review) => {
      const why =
        noApprover(review.user, facts) ??
        tooLate(review, facts) ??
        closedSince(review, facts) ??
        tooOld(review, facts) ??
        forAnother(review, facts);
      const isUnproven = why === undefined && !isProven(review, facts) && !hasWritten(review.user, facts);
      return { user: review.user, isUnproven, why: isUnproven ? tooEarly(review, facts) : why };
    });
  return {
    approvedBy: judged.filter(({ why }) => why === undefined).map(({ user }) => user),
    passedOver: judged.flatMap(({ why }) => why ?? []),
    unproven: judged.filter(({ isUnproven }) => isUnproven).map(({ user }) => user),
    against: last.filter(({ state, user }) => state === 'changes-requested' && facts.approvers.has(user.id)).map(({ user }) => user),
  };
}

function lastWords({ reviews: { reviews }, mergedAt }: ApprovalFacts): ReadonlyMap<string, Review> {
  const words = reviews.filter(
    ({ state, submittedAt }) => state !== 'commented' && !(state === 'approved' && isAfter(submittedAt, mergedAt)),
  );
  return new Map(words.map((review) => [review.user.id, review]));
}

const isAfter = (at: string | undefined, other: string | undefined): boolean =>
  at !== undefined && other !== undefined && Date.parse(at) > Date.parse(other);

/** Why their approval is none, whenever they give it. */
function noApprover(user: ForgeUser, { approvers, parties, directory, hands }: ApprovalFacts): string | undefined {
  if (user.bot) return `${user.name} approved it, and is no person.`;
  if (!approvers.has(user.id)) return `${user.name} approved it, and is none of those who may.`;
  const party = parties.get(user.id);
  if (party !== undefined) return `${user.name} approved it, and ${party}.`;
  const person = directory.people.get(user.name);
  const nobody = noPerson(user.name, person);
  if (nobody !== undefined) return nobody;
  if (person?.id !== user.id) return `${user.name} approved it, and somebody else has that name by now.`;
  const hand = hands.find((one) => mayBeOf(one, person));
  return hand && `${user.name} approved it, and ${deedOf(hand)}.`;
}

const tooLate = ({ submittedAt, user: { name } }: Review, { expiresAt }: ApprovalFacts): string | undefined =>
  isAfter(submittedAt, expiresAt) ? `${name} approved it when its time was over.` : undefined;

const tooOld = ({ submittedAt, user: { name } }: Review, { keepsMs, until }: ApprovalFacts): string | undefined =>
  submittedAt !== undefined && Date.parse(until) - Date.parse(submittedAt) > keepsMs
    ? `${name} approved it more than ${durationText(keepsMs)} before, and it was not merged since.`
    : undefined;

/** Whoever closed it may have meant no. */
const closedSince = ({ submittedAt, user: { name } }: Review, { closedAt }: ApprovalFacts): string | undefined =>
  closedAt !== undefined && !isAfter(submittedAt, closedAt)
    ? `${name} approved it before it was closed: opened again, it has to be approved anew.`
    : undefined;

const forAnother = ({ commit: of, user: { name } }: Review, { reviews: { commit } }: ApprovalFacts): string | undefined =>
  of === undefined || of === commit ? undefined : `${name} approved ${short(of)}, and the newest commit is ${short(commit)}.`;

const tooEarly = ({ user: { name }, commit: of }: Review, { reviews: { commit }, dwellMs }: ApprovalFacts): string =>
  of === undefined
    ? `${name} approved it before ${short(commit)} had been there for ${durationText(dwellMs)}, or nobody can tell.`
    : `${name} approved it before ${short(commit)} was pushed there the last time or the target was changed, or nobody can tell.`;

const short = (commit: string): string => commit.slice(0, 12);

/**
 * Where the forge says for which commit it was, the time must not speak against it: the head may have been pushed away and back. Where it does not,
 * the time alone has to prove it, and whoever approved may have read a page that was older.
 */
function isProven({ commit, submittedAt }: Review, { reviews: { since }, forge, dwellMs, mergedAt }: ApprovalFacts): boolean {
  if (commit !== undefined && since === undefined) return forge === 'local' || mergedAt !== undefined; // a branch that is gone after its merge has no history
  if (submittedAt === undefined || since === undefined) return false;
  return Date.parse(submittedAt) > Date.parse(since) + (commit === undefined ? dwellMs : 0);
}

/** `/lockkeeper approve` and the head's full id, since that is the head: of the same commit into another branch it says nothing. */
const hasWritten = ({ id }: ForgeUser, { comments, reviews: { commit, since }, mergedAt, expiresAt }: ApprovalFacts): boolean =>
  comments.some(
    (comment) =>
      comment.author.id === id &&
      !isAfter(since, comment.createdAt) &&
      !isAfter(comment.createdAt, mergedAt) &&
      !isAfter(comment.createdAt, expiresAt) &&
      commandsIn(comment).some((command) => command.kind === 'approve' && command.commit === commit),
  );
