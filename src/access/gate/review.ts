import type { Grant } from '../../domain/access.ts';
import type { GatedRequest } from '../../domain/access-forge.ts';
import { ConflictError, explain, OutsideError, RefusedError, UsageError } from '../../domain/errors.ts';
import type { Forge, RepositoryRef } from '../../domain/forge.ts';
import type { AccessBook } from '../grant/book.ts';
import { touchesAccess } from '../request/path.ts';
import { type AccessSettings, isConfigured } from '../settings.ts';
import { type GateForge, readEvidence, Superseded } from './evidence.ts';
import { expiryOf, type Judgement, judge } from './gate.ts';
import { expired, lateness, type Next, type Report, reportOf, unknown, untouched } from './report.ts';

export interface ReviewPorts {
  readonly forge: GateForge & Pick<Forge, 'setStatus' | 'comment' | 'merge' | 'close'>;
  readBook(): Promise<AccessBook>;
  changeBook(change: (book: AccessBook) => AccessBook): Promise<unknown>;
  /** The merge brought something that is to be granted now. */
  landed(): Promise<void>;
  /** People are told. */
  announce(news: ReviewNews): Promise<void>;
  readonly now: () => Date;
  readonly warn: (text: string) => void;
}

export interface ReviewNews {
  readonly request: GatedRequest;
  readonly state: 'open' | 'merged' | 'closed';
  readonly judgement?: Judgement;
  /** Why it was closed. */
  readonly because?: string;
}

export interface ReviewedEnvironment {
  readonly name: string;
  readonly repository: RepositoryRef;
  readonly settings: AccessSettings;
}

/** `none`: it has nothing to do with access; `over`: merged or closed meanwhile. */
export type ReviewOutcome = 'none' | 'over' | 'removal' | 'missing' | 'open' | 'merged' | 'expired';

/** Branches of the bot on which it proposes to take something back: a person merges those, or nobody. */
const reverts = 'lockkeeper-access/revert-';

/**
 * Looks at one merge request as the forge has it now: says at its head and below it whether the gate is open, and what is missing; merges it where
 * nothing is, and closes it where it waited too long. Where something could not be read, the status is an error, and the same is thrown. Throws Superseded
 * where its head moved meanwhile.
 */
export async function reviewAccess(ports: ReviewPorts, environment: ReviewedEnvironment, id: number): Promise<ReviewOutcome> {
  const { forge } = ports;
  const { path } = environment.repository;
  const request = await forge.gatedRequest(path, id);
  if (request.state !== 'open') return over(ports, request);
  try {
    return await reviewOpen(ports, environment, id);
  } catch (error) {
    if (error instanceof ConflictError) throw new Superseded(explain(error), { cause: error });
    if (error instanceof Superseded) throw error;
    if (await concernsAccess(ports, path, id)) await say(ports, path, request, unknown(whyNot(error), request.url));
    throw error;
  }
}

const whyNot = (error: unknown): string =>
  error instanceof OutsideError || error instanceof UsageError
    ? (explain(error).split('\n')[0] ?? '')
    : 'a bug in lockkeeper; the log says more';

/** What cannot be found out either concerns nobody who was not told before. */
async function concernsAccess(ports: ReviewPorts, path: string, id: number): Promise<boolean> {
  if ((await ports.readBook()).requests[id] !== undefined) return true;
  try {
    return (await ports.forge.changedPaths(path, id)).paths.some((one) => touchesAccess(one.path));
  } catch (error) {
    if (error instanceof OutsideError) return false;
    throw error;
  }
}

async function over(ports: ReviewPorts, request: GatedRequest): Promise<ReviewOutcome> {
  if ((await ports.readBook()).requests[request.id] === undefined) return 'over';
  await ports.announce({ request, state: request.state });
  await forget(ports, request.id);
  if (request.state === 'merged') await ports.landed();
  return 'over';
}

async function reviewOpen(ports: ReviewPorts, environment: ReviewedEnvironment, id: number): Promise<ReviewOutcome> {
  const { forge, now } = ports;
  const { settings, name, repository } = environment;
  const evidence = await readEvidence(forge, repository.path, id, settings, name);
  const { request } = evidence;
  if (request.state !== 'open') return over(ports, request);
  const book = await ports.readBook();
  const judgement = judge(evidence, { settings, environment: name, held: held(book), now: now(), moment: 'before-merge' });
  const known = book.requests[id];
  if (judgement.kind === 'none') {
    if (known !== undefined) await say(ports, repository.path, request, untouched(request.url));
    if (known !== undefined) await forget(ports, id);
    return 'none';
  }
  if (judgement.kind === 'removal') {
    await say(ports, repository.path, request, reportOf(factsOf(ports, environment, request, judgement, { kind: 'person' })));
    await forget(ports, id);
    return 'removal';
  }
  return settle(ports, environment, request, judgement);
}

/** What is given, or about to be. */
const held = ({ grants }: AccessBook): readonly Grant[] => grants.filter(({ state }) => state !== 'ended').map(({ grant }) => grant);

const factsOf = (
  { forge: { traits } }: ReviewPorts,
  { settings }: ReviewedEnvironment,
  request: GatedRequest,
  judgement: Judgement,
  next: Next,
) => ({
  judgement,
  traits,
  commit: request.commit,
  url: request.url,
  next,
  expiresAt: expiryOf(request, settings),
});

async function settle(
  ports: ReviewPorts,
  environment: ReviewedEnvironment,
  request: GatedRequest,
  judgement: Judgement,
): Promise<ReviewOutcome> {
  const { settings, repository } = environment;
  const { path } = repository;
  const open = judgement.reasons.length === 0;
  const isLate = ports.now() >= expiryOf(request, settings);
  if (!open && isLate && judgement.request !== undefined && isConfigured(settings)) return expire(ports, environment, request, judgement);
  const next = nextOf(request, settings);
  const report = (step: Next): Report => reportOf(factsOf(ports, environment, request, judgement, step));
  // The status first: a forge may let nobody merge without it.
  const isKnown = await sayStatus(ports, path, request, report(next));
  if (!open || next.kind !== 'merge' || !isKnown) {
    await sayComment(
      ports,
      path,
      request,
      report(next.kind === 'merge' && open ? { kind: 'person', refusal: 'it takes no status from us' } : next),
    );
    await remember(ports, request, judgement);
    return open ? 'open' : 'missing';
  }
  // Remembered before: where we die after the merge, the next look finds that it is over.
  await remember(ports, request, judgement);
  const merge = await ports.forge.merge(path, request.id, request.commit);
  if (merge.outcome === 'refused') {
    await sayComment(ports, path, request, report({ kind: 'person', refusal: merge.reason.replace(/\.$/, '') }));
    return 'open';
  }
  await sayComment(ports, path, request, report({ kind: 'merged' }));
  await over(ports, { ...request, state: 'merged' });
  return 'merged';
}

function nextOf({ draft, branch }: GatedRequest, { merge }: AccessSettings): Next {
  if (draft) return { kind: 'draft' };
  return merge === 'person' || branch.startsWith(reverts) ? { kind: 'person' } : { kind: 'merge' };
}

/** Said first, so that whoever finds it closed finds why; a branch of the bot's is of no use then. */
async function expire(
  ports: ReviewPorts,
  environment: ReviewedEnvironment,
  request: GatedRequest,
  judgement: Judgement,
): Promise<ReviewOutcome> {
  const { settings, repository } = environment;
  const because = lateness(settings.expireAfterMs);
  const report = expired(factsOf(ports, environment, request, judgement, { kind: 'person' }), because);
  await say(ports, repository.path, request, report);
  await ports.forge.close(repository.path, request.id, { commit: request.commit });
  await ports.announce({ request, state: 'closed', judgement, because });
  await forget(ports, request.id);
  return 'expired';
}

async function say(ports: ReviewPorts, path: string, request: GatedRequest, report: Report): Promise<void> {
  await sayStatus(ports, path, request, report);
  await sayComment(ports, path, request, report);
}

/** Whether the forge took it: a fork's head may take none. */
function sayStatus(
  { forge, warn }: ReviewPorts,
  path: string,
  { commit, branch, id, fork }: GatedRequest,
  { status }: Report,
): Promise<boolean> {
  return tolerant(() => forge.setStatus(path, { commit, branch, request: id, fork }, status), `${path}!${id}`, warn);
}

async function sayComment({ forge, warn }: ReviewPorts, path: string, { id }: GatedRequest, { comment }: Report): Promise<void> {
  if (comment !== undefined) await tolerant(() => forge.comment(path, id, 'access', comment), `${path}!${id}`, warn);
}

async function tolerant(work: () => Promise<void>, about: string, warn: (text: string) => void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    warn(`${about}: ${explain(error)}`);
    return false;
  }
}

/** People are told of what has changed since. */
async function remember(ports: ReviewPorts, request: GatedRequest, judgement: Judgement): Promise<void> {
  const { id, url, title } = request;
  const missing = judgement.reasons;
  const known = (await ports.readBook()).requests[id];
  if (known?.title === title && known.missing.join('\n') === missing.join('\n')) return;
  await ports.announce({ request, state: 'open', judgement });
  const seenAt = known?.seenAt ?? ports.now().toISOString();
  await ports.changeBook((book) => ({ ...book, requests: { ...book.requests, [id]: { url, title, missing, seenAt } } }));
}

async function forget(ports: ReviewPorts, id: number): Promise<void> {
  await ports.changeBook((book) => {
    if (book.requests[id] === undefined) return book;
    const { [id]: _, ...requests } = book.requests;
    return { ...book, requests };
  });
}
