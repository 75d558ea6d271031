import type { AccessRequest, Grant } from '../../domain/access.ts';
import type { GatedRequest } from '../../domain/access-forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import { parseRequest } from '../request/parse.ts';
import { forbidden } from '../request/permitted.ts';
import { type AccessRules, type AccessSettings, isConfigured, rulesFor } from '../settings.ts';
import { countApprovals } from './approvals.ts';
import type { Evidence } from './evidence.ts';
import { mayBeOf } from './hands.ts';
import { entitled } from './names.ts';
import { partiesOf, unfit } from './parties.ts';
import { shapeOf, unreadable } from './shape.ts';

export interface Judgement {
  /** `none`: it has nothing to do with access; `removal`: it only takes away. */
  readonly kind: 'none' | 'removal' | 'request';
  /** Empty means yes. Whole sentences, by name. */
  readonly reasons: readonly string[];
  /** Nothing is missing but approvals: how many. */
  readonly waitsFor?: number;
  /** Approvals that do not count, and why; whole sentences. */
  readonly passedOver: readonly string[];
  /** Names of those whose approval counts once they have written for which commit it is. */
  readonly unproven: readonly string[];
  readonly request?: AccessRequest;
  readonly rules?: AccessRules;
  readonly file?: { readonly path: string; readonly blob: string };
  readonly approvedBy: readonly ForgeUser[];
  /** Those whose approval would count now. */
  readonly mayApprove: readonly ForgeUser[];
  readonly askedBy?: ForgeUser;
}

export interface JudgedBy {
  readonly settings: AccessSettings;
  readonly environment: string;
  /** What is given in the environment now. */
  readonly held: readonly Grant[];
  readonly now: Date;
  /** After the merge only that counts which was there before it. */
  readonly moment: 'before-merge' | 'after-merge';
  /** RFC 3339: when it was last seen closed; opened again, it has to be approved anew. */
  readonly closedAt?: string | undefined;
}

const nobody = { passedOver: [], unproven: [], approvedBy: [], mayApprove: [] };

/** The gate: whether a merge request may give the access that it asks for. */
export function judge(evidence: Evidence, by: JudgedBy): Judgement {
  const { request, defaultBranch } = evidence;
  const shape = shapeOf(evidence);
  if (request.target !== defaultBranch || shape.kind === 'none') return { kind: 'none', reasons: [], ...nobody };
  if (shape.kind === 'removal') return { kind: 'removal', reasons: [], ...nobody };
  const problems = [...origin(evidence, by), ...('problems' in shape ? shape.problems : unreadable(evidence, shape.path))];
  const { file } = evidence;
  if (problems.length > 0 || file?.content === undefined) return { kind: 'request', reasons: problems, ...nobody };
  const parsed = parseRequest(file.path, file.content);
  if ('problems' in parsed) return { kind: 'request', reasons: parsed.problems.map((one) => `${file.path} ${one}`), ...nobody };
  return judgeRequest(parsed.request, { path: file.path, blob: file.blob }, evidence, by);
}

/** What is wrong with the merge request itself, whatever it brings. */
function origin({ request }: Evidence, { settings, moment }: JudgedBy): readonly string[] {
  return [
    ...(isConfigured(settings) ? [] : ['Nobody may approve access: access.approvers in app.yml is empty.']),
    ...(request.fork ? ['It comes from a fork: push the branch to this repository, so that nobody else can change it.'] : []),
    ...(moment === 'after-merge' && request.merged === undefined ? [`It is not merged, but ${request.state}.`] : []),
  ];
}

function judgeRequest(request: AccessRequest, file: NonNullable<Judgement['file']>, evidence: Evidence, by: JudgedBy): Judgement {
  const { settings, environment, held, now } = by;
  const rules = rulesFor(settings, environment, request.namespace, request.level);
  const others = held.filter((one) => one.request !== evidence.request.id);
  const reasons = [
    ...forbidden(request, { settings, environment, rules, held: others, now }),
    ...unfit(request, rules, evidence, settings),
  ];
  const found = { kind: 'request' as const, request, rules, file, ...(evidence.asker !== undefined && { askedBy: evidence.asker.user }) };
  if (request.breakGlass) return { ...found, reasons, ...nobody };
  const approvers = entitled(rules.approvers, evidence.directory);
  const parties = partiesOf(request, evidence, settings);
  const { approvedBy, passedOver, unproven, against } = countApprovals({
    forge: evidence.forge.type,
    reviews: evidence.reviews,
    comments: evidence.comments,
    hands: evidence.hands,
    directory: evidence.directory,
    approvers: approvers.users,
    parties,
    dwellMs: settings.dwellMs,
    expiresAt: expiryOf(evidence.request, settings).toISOString(),
    keepsMs: settings.expireAfterMs,
    until: evidence.request.merged?.at ?? now.toISOString(),
    ...(by.closedAt !== undefined && { closedAt: by.closedAt }),
    ...(by.moment === 'after-merge' && { mergedAt: evidence.request.merged?.at ?? '' }),
  });
  const mayApprove = [...approvers.users]
    .filter(([id, name]) => !parties.has(id) && !hasHandIn(evidence, name) && !approvedBy.some((one) => one.id === id))
    .map(([id, name]) => ({ id, name, bot: false }));
  const missing = rules.approvals - approvedBy.length;
  const wanted = [
    ...against.map(({ name }) => `${name} asks for changes.`),
    ...lacking(
      missing,
      mayApprove.map(({ name }) => name),
      evidence.request.commit,
    ),
  ];
  return {
    ...found,
    reasons: [...reasons, ...wanted],
    ...(reasons.length === 0 && against.length === 0 && missing > 0 && mayApprove.length >= missing && { waitsFor: missing }),
    passedOver: [...passedOver, ...approvers.problems],
    unproven: unproven.map(({ name }) => name),
    approvedBy,
    mayApprove,
  };
}

/** By what commits say of themselves alone: whose approval would not count is not asked for one. */
function hasHandIn({ hands, directory }: Evidence, name: string): boolean {
  const person = directory.people.get(name);
  return person !== undefined && hands.some((hand) => mayBeOf(hand, person));
}

/** From then on it is no request any more, unless it was approved before. */
export const expiryOf = ({ createdAt }: Pick<GatedRequest, 'createdAt'>, { expireAfterMs }: Pick<AccessSettings, 'expireAfterMs'>): Date =>
  new Date(Date.parse(createdAt) + expireAfterMs);

function lacking(missing: number, mayApprove: readonly string[], commit: string): readonly string[] {
  if (missing <= 0) return [];
  const need = `It needs ${missing === 1 ? 'an approval' : `${missing} approvals`} of ${commit.slice(0, 12)}`;
  if (mayApprove.length === 0) return [`${need}, and nobody is left who may approve it.`];
  return [`${need} by ${listed(mayApprove)}${mayApprove.length < missing ? ', and those are too few' : ''}.`];
}

/** Names that are told; a group may have hundreds. */
const mostNames = 10;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNames);
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` or ${rest} others` : ''}`.replace(/, ([^,]*)$/, (found, last: string) =>
    rest > 0 ? found : ` or ${last}`,
  );
}
