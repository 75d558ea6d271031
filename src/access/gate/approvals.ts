import type { Hand } from '../../domain/access-forge.ts';
import { commandsIn } from '../../domain/command-comment.ts';
import type { ForgeTraits, Review, Reviews } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
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
  /** RFC 3339: what came later does not count. Undefined while it is not merged. */
  readonly mergedAt?: string;
}

export interface Approvals {
  /** Those that count. */
  readonly approvedBy: readonly ForgeUser[];
  /** Those that do not, and why; whole sentences. */
  readonly passedOver: readonly string[];
  /** Approvers who want something else. */
  readonly against: readonly ForgeUser[];
}

/** Which approvals count for the head as it is: of each user the last word. A dismissal revives nothing that was said before it. */
export function countApprovals(facts: ApprovalFacts): Approvals {
  const last = [...lastWords(facts).values()];
  const judged = last
    .filter(({ state }) => state === 'approved')
    .map((review) => ({ user: review.user, why: noApprover(review.user, facts) ?? notForHead(review, facts) }));
  return {
    approvedBy: judged.filter(({ why }) => why === undefined).map(({ user }) => user),
    passedOver: judged.flatMap(({ why }) => why ?? []),
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

/** Why it is not for what would be merged. */
function notForHead(review: Review, facts: ApprovalFacts): string | undefined {
  const { commit } = facts.reviews;
  const { name } = review.user;
  if (review.commit !== undefined && review.commit !== commit)
    return `${name} approved ${short(review.commit)}, and the newest commit is ${short(commit)}.`;
  if (isProven(review, facts) || hasWritten(review.user, facts)) return undefined;
  const late = `${name} approved it before ${short(commit)} had been there for ${facts.dwellMs / 1000} s, or nobody can tell`;
  return `${late}: for it to count, let them write this line below: \`/lockkeeper approve ${commit}\``;
}

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

/** `/lockkeeper approve` and the head's full id. */
const hasWritten = ({ id }: ForgeUser, { comments, reviews: { commit }, mergedAt }: ApprovalFacts): boolean =>
  comments.some(
    (comment) =>
      comment.author.id === id &&
      !isAfter(comment.createdAt, mergedAt) &&
      commandsIn(comment).some((command) => command.kind === 'approve' && command.commit === commit),
  );
