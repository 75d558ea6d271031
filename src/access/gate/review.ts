import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../../domain/access.ts';
import type { GatedRequest } from '../../domain/access-forge.ts';
import { ConflictError, explain, OutsideError, RefusedError, UsageError } from '../../domain/errors.ts';
import type { Forge, RepositoryRef } from '../../domain/forge.ts';
import { accessBranches } from '../branches.ts';
import type { AccessBook, SeenRequest } from '../grant/book.ts';
import { mostCalled } from '../request/ask.ts';
import { abilitiesOf, holdersOf } from '../request/description.ts';
import { touchesAccess } from '../request/path.ts';
import { type AccessSettings, isConfigured } from '../settings.ts';
import { type GateForge, readEvidence, Superseded } from './evidence.ts';
import { expiryOf, type Judgement, judge } from './gate.ts';
import { asksNoMore, expired, lateness, type Next, type Report, type ReportFacts, reportOf, unknown } from './report.ts';

export interface ReviewPorts {
  readonly forge: GateForge & Pick<Forge, 'setStatus' | 'comment' | 'merge' | 'close' | 'askForReview'>;
  readBook(): Promise<AccessBook>;
  changeBook(change: (book: AccessBook) => AccessBook): Promise<unknown>;
  /** Why nothing could be granted in a namespace now, whoever approved it: a whole sentence, and what to do. Undefined where nothing is known of that. */
  obstacle(namespace: string): Promise<string | undefined>;
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
  /** What is granted there takes effect in a cluster. */
  readonly hasCluster: boolean;
}

/** `none`: it has nothing to do with access; `over`: merged or closed meanwhile. */
export type ReviewOutcome = 'none' | 'over' | 'removal' | 'missing' | 'open' | 'merged' | 'expired';

/** Branches of the bot on which it proposes to take something back: a person merges those, or nobody. */
const reverts = `${accessBranches}revert-`;

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
  if (request.state === 'closed') {
    const at = ports.now().toISOString();
    await ports.changeBook((book) => ({ ...book, closed: { ...book.closed, [request.id]: at } }));
  }
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
  const judged = judge(evidence, {
    settings,
    environment: name,
    held: heldIn(book),
    now: now(),
    moment: 'before-merge',
    closedAt: book.closed[id],
  });
  const judgement = await unlessInVain(ports, judged);
  const matter: Matter = { ...environment, ports, request, judgement, held: heldIn(book) };
  if (judgement.kind === 'request') return settle(matter);
  // Where it asked for something before, nothing of what was said then stands.
  const known = book.requests[id] !== undefined;
  if (judgement.kind === 'removal') {
    const { status } = reportOf(factsOf(matter, { kind: 'person' }));
    await say(ports, repository.path, request, known ? { ...asksNoMore(request.url), status } : { status });
  } else if (known) await say(ports, repository.path, request, asksNoMore(request.url));
  await forget(ports, id);
  return judgement.kind;
}

/** Nobody approves what could not be given. */
async function unlessInVain(ports: ReviewPorts, judgement: Judgement): Promise<Judgement> {
  const obstacle = judgement.request && (await ports.obstacle(judgement.request.namespace));
  if (obstacle === undefined) return judgement;
  const { waitsFor: _, ...rest } = judgement;
  return { ...rest, reasons: [obstacle, ...judgement.reasons] };
}

/** What is given, or about to be. */
const heldIn = ({ grants }: AccessBook): readonly Grant[] => grants.filter(({ state }) => state !== 'ended').map(({ grant }) => grant);

/** A merge request that asks for access, as it was judged. */
interface Matter extends ReviewedEnvironment {
  readonly ports: ReviewPorts;
  readonly request: GatedRequest;
  readonly judgement: Judgement;
  /** What is given in the environment now. */
  readonly held: readonly Grant[];
}

function plainlyOf({ ports, request: { ours }, judgement: { request, rules }, held, name }: Matter): Pick<ReportFacts, 'plainly'> {
  if (ours === true || request === undefined || rules === undefined) return {};
  const holders = holdersOf(request, { held, environment: name, now: ports.now() });
  return { plainly: { can: abilitiesOf(rules.role), holders } };
}

function factsOf(matter: Matter, next: Next): ReportFacts {
  const { ports, request, judgement, settings } = matter;
  return {
    judgement,
    traits: ports.forge.traits,
    commit: request.commit,
    url: request.url,
    next,
    expiresAt: expiryOf(request, settings),
    ...plainlyOf(matter),
  };
}

async function settle(matter: Matter): Promise<ReviewOutcome> {
  const { ports, request, judgement, settings, repository } = matter;
  const open = judgement.reasons.length === 0;
  const isLate = ports.now() >= expiryOf(request, settings);
  if (!open && isLate && judgement.request !== undefined && isConfigured(settings)) return expire(matter);
  const next = nextOf(matter);
  // The status first: a forge may let nobody merge without it.
  const isSaid = await sayStatus(ports, repository.path, request, reportOf(factsOf(matter, next)));
  // Remembered before a merge: where we die after it, the next look finds that it is over.
  await remember(ports, request, judgement);
  await callApprovers(matter);
  const step = open && next.kind === 'merge' ? await mergeNow(matter, isSaid) : next;
  await sayComment(ports, repository.path, request, reportOf(factsOf(matter, step)));
  if (step.kind !== 'merged') return open ? 'open' : 'missing';
  await over(ports, { ...request, state: 'merged' });
  return 'merged';
}

function nextOf({ request: { draft, branch }, settings: { merge }, hasCluster }: Matter): Next {
  if (!hasCluster) return { kind: 'nowhere' };
  if (draft) return { kind: 'draft' };
  return merge === 'person' || branch.startsWith(reverts) ? { kind: 'person' } : { kind: 'merge' };
}

async function mergeNow({ ports: { forge }, request, repository }: Matter, isSaid: boolean): Promise<Next> {
  if (!isSaid) return { kind: 'person', refusal: 'it takes no status from Lockkeeper' };
  const merge = await forge.merge(repository.path, request.id, request.commit);
  return merge.outcome === 'merged' ? { kind: 'merged' } : { kind: 'person', refusal: merge.reason.replace(/\.$/, '') };
}

/** Said first, so that whoever finds it closed finds why. */
async function expire(matter: Matter): Promise<ReviewOutcome> {
  const { ports, request, judgement, settings, repository } = matter;
  const because = lateness(settings.expireAfterMs);
  await say(ports, repository.path, request, expired(factsOf(matter, { kind: 'person' }), because));
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

/** Once, as soon as nothing else is missing; who asks by a comment or a command has had them called. */
async function callApprovers({ ports, request, judgement, repository }: Matter): Promise<void> {
  const { ours, id } = request;
  if (ours === true || judgement.waitsFor === undefined || (await ports.readBook()).requests[id]?.called === true) return;
  const wanted = judgement.mayApprove.slice(0, mostCalled);
  await tolerant(() => ports.forge.askForReview(repository.path, id, wanted), `${repository.path}!${id}`, ports.warn);
  await ports.changeBook((book) => {
    const known = book.requests[id];
    return known === undefined ? book : { ...book, requests: { ...book.requests, [id]: { ...known, called: true } } };
  });
}

/** People are told of what has changed since. */
async function remember(ports: ReviewPorts, request: GatedRequest, judgement: Judgement): Promise<void> {
  const { id, title } = request;
  const known = (await ports.readBook()).requests[id];
  const seen = seenAs(request, judgement, known ?? { seenAt: ports.now().toISOString() });
  if (isDeepStrictEqual(known, seen)) return;
  const isTold = known?.unjudged !== true && known?.title === title && known.missing.join('\n') === seen.missing.join('\n');
  if (!isTold) await ports.announce({ request, state: 'open', judgement });
  await ports.changeBook((book) => ({ ...book, requests: { ...book.requests, [id]: seen } }));
}

const seenAs = (
  { url, title, createdAt }: GatedRequest,
  { reasons, request, approvedBy }: Judgement,
  { seenAt, called }: Pick<SeenRequest, 'seenAt' | 'called'>,
): SeenRequest => ({
  url,
  title,
  missing: reasons,
  seenAt,
  ...(called === true && { called }),
  since: createdAt,
  ...(request !== undefined && { asks: request }),
  approvedBy: approvedBy.map(({ name }) => name),
});

async function forget(ports: ReviewPorts, id: number): Promise<void> {
  await ports.changeBook((book) => {
    if (book.requests[id] === undefined) return book;
    const { [id]: _, ...requests } = book.requests;
    return { ...book, requests };
  });
}
