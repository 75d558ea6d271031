import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import type { EnvironmentForge, NewStatus, RepositoryRef, StatusForge } from '../domain/forge.ts';
import type { RequestForge, RequestNow } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import type { Plan } from '../plan/plan.ts';
import { touchedBy } from './holds/holds.ts';
import { hold } from './holds/kept.ts';
import { othersAt, type Scene, sceneOf } from './holds/others.ts';
import { type RunInProgress, withOthers } from './holds/text.ts';
import { knownBundles } from './known-bundles.ts';
import { type Outcome, outcomeOf, type Verdict } from './outcome.ts';
import { askedFor, isJudged, remember } from './remembered.ts';
import { commentText, failureText } from './report/comment.ts';
import { planParts } from './report/plan-parts.ts';
import { statusName, statusOf } from './report/status.ts';
import { rulesOf } from './rules.ts';
import { keepComment, saidComment, saidStatus } from './said.ts';
import { type Speaker, speaker } from './speaker.ts';
import { concerns } from './touched.ts';
import { ownFindings, type ValidationPorts, type ValidationSettings, validateEnvironment } from './validate.ts';

export interface JudgedEnvironment {
  readonly name: string;
  readonly repository: RepositoryRef;
  readonly settings: ValidationSettings;
  /** What else decides on a verdict: another one, and the verdicts before are none any more. */
  readonly fingerprint: string;
}

export type JudgingForge = Pick<EnvironmentForge, 'traits' | 'state' | 'comment'> &
  Pick<StatusForge, 'setStatus'> &
  Pick<RequestForge, 'request' | 'openRequests'>;

export interface RequestPorts extends ValidationPorts {
  readonly forge: JudgingForge;
  readonly store: Store;
  /** What the environment wants at a commit; bundles that `mayFetch` refuses are taken for unreachable. Throws OutsideError. */
  stateAt(commit: string, mayFetch: (url: string) => boolean): Promise<DesiredState>;
  /** What the merge request would do to the cluster. */
  plan(base: DesiredState, head: DesiredState, signal: AbortSignal): Promise<Plan>;
  /** The deployment run of the environment that is in progress; undefined where there is none, or nobody can tell. */
  run(signal: AbortSignal): Promise<RunInProgress | undefined>;
  /** The merge request holds something else than before: other comments may have to say something else. */
  heldOtherwise(): Promise<void>;
  readonly now: () => Date;
  /** Address of the service's pages, without a trailing slash. */
  readonly serviceUrl: string;
  readonly warn: (text: string) => void;
}

/** Why a validation was given up: a newer head is to be judged, and its own job does that. */
export class Superseded extends Error {}

/** What became of it; `skipped`: closed meanwhile, into another branch, or judged already. */
export type RequestOutcome = Outcome | 'superseded' | 'skipped';

/**
 * Judges the head of a merge request as the forge has it now, and says so there: status, and one comment that is kept up to date. Where it could
 * not be judged, the status is an error and says why, and the same is thrown, so that it is tried again. A head that was judged under the
 * same rules already is left alone; one whose status the forge refused is not judged for good.
 */
export async function validateMergeRequest(
  ports: RequestPorts,
  environment: JudgedEnvironment,
  id: number,
  signal: AbortSignal,
): Promise<RequestOutcome> {
  const { repository } = environment;
  const { path } = repository;
  const [request, { defaultBranch }] = await Promise.all([ports.forge.request(path, id), ports.forge.state(path)]);
  if (request.state !== 'open' || request.target !== defaultBranch) return 'skipped';
  const judgedAs = rulesOf(environment);
  if (await isJudged(ports.store, repository, request, judgedAs)) {
    await sayAgain(ports, repository, request, signal);
    return 'skipped';
  }
  const asked = await askedFor(ports.store, repository, id);
  const say = speaker(ports, repository, request);
  await say.status({ name: statusName, state: 'running', description: 'the API server is asked' });
  try {
    const verdict = await judgeRequest(ports, environment, request, signal);
    if (typeof verdict === 'string') return await superseded(say, verdict);
    const holdsOther = await hold(ports.store, repository, id, verdict.touched, ports.now());
    const scene = await sceneAt(ports, repository, request, signal);
    const others = othersAt(scene, id, ports.forge.traits);
    await say.comment(withOthers(verdict.comment, others));
    const isKnown = await say.status(verdict.status);
    await keepComment(ports.store, repository, id, { commit: request.commit, text: verdict.comment, others });
    if (verdict.outcome !== 'unknown' && isKnown) await remember(ports.store, repository, request, judgedAs, asked);
    if (holdsOther && scene.open.length > 1) await ports.heldOtherwise();
    return verdict.outcome;
  } catch (error) {
    if (signal.reason instanceof Superseded) return await superseded(say, newer);
    if (!signal.aborted) await sayFailure(say, error, request.commit);
    throw error;
  }
}

async function sceneAt(ports: RequestPorts, repository: RepositoryRef, { target }: RequestNow, signal: AbortSignal): Promise<Scene> {
  const open = await ports.forge.openRequests(repository.path, target);
  return sceneOf(ports.store, repository, open, await ports.run(signal));
}

/** Costs nothing but a look where all stands as it should: pipelines that began later at GitLab lack the status. */
async function sayAgain(ports: RequestPorts, repository: RepositoryRef, request: RequestNow, signal: AbortSignal): Promise<void> {
  const say = speaker(ports, repository, request);
  const status = await saidStatus(ports.store, repository, request);
  if (status !== undefined) await say.status(status);
  const said = await saidComment(ports.store, repository, request);
  if (said === undefined) return;
  const others = othersAt(await sceneAt(ports, repository, request, signal), request.id, ports.forge.traits);
  if (others === said.others) return;
  await say.comment(withOthers(said.text, others));
  await keepComment(ports.store, repository, request.id, { ...said, others });
}

interface Spoken {
  readonly outcome: Outcome;
  /** What the plan creates, changes or prunes, by identity. */
  readonly touched: readonly string[];
  readonly comment: string;
  readonly status: NewStatus;
}

const newer = 'there is a newer commit';

/** Only the reason when, by the time that all is known, it has another head or is open no more: nothing is to be said of the old one. */
async function judgeRequest(
  ports: RequestPorts,
  { name, repository, settings }: JudgedEnvironment,
  request: RequestNow,
  signal: AbortSignal,
): Promise<Spoken | string> {
  const { forge, serviceUrl } = ports;
  const { commit } = request;
  const base = request.base === undefined ? nothing : await ports.stateAt(request.base, anything);
  const head = await ports.stateAt(commit, request.fork ? knownBundles(base.environment) : anything);
  const candidate = { environment: name, commit, state: head, previous: base };
  const verdict: Verdict & { readonly commit: string } = { ...(await validateEnvironment(ports, candidate, settings, signal)), commit };
  const plan = await ports.plan(base, head, signal);
  const now = await forge.request(repository.path, request.id);
  if (now.state !== 'open') return `it was ${now.state} meanwhile`;
  if (now.commit !== commit) return newer;
  const side = async (state: DesiredState) => ({ state, own: await ownFindings(state, settings, verdict.known) });
  const facts = {
    verdict,
    concerns: concerns(await side(base), await side(head)),
    traits: forge.traits,
    path: repository.path,
    serviceUrl,
    plan: planParts(plan),
  };
  return { outcome: outcomeOf(verdict), touched: touchedBy(plan), comment: commentText(facts), status: statusOf(verdict, request.url) };
}

async function superseded(say: Speaker, why: string): Promise<RequestOutcome> {
  await say.status({ name: statusName, state: 'error', description: `not judged: ${why}` });
  return 'superseded';
}

/** Never a silent pass. What cannot be said either is thrown by the caller all the same. */
async function sayFailure(say: Speaker, error: unknown, commit: string): Promise<void> {
  const known = error instanceof OutsideError || error instanceof UsageError;
  const why = known ? withoutLog(explain(error)) : 'a bug in lockkeeper; the log says more';
  await say.status({ name: statusName, state: 'error', description: `no verdict: ${why}` });
  await say.comment(failureText(why, commit));
}

/** The first line: what a program wrote before it died is for those who run it, and may hold what others sent to it. */
function withoutLog(why: string): string {
  const [first = '', ...more] = why.split('\n');
  return more.length === 0 ? first : `${first.replace(/(?:; [^;]*)?:\s*$/, '')}; the log says more`;
}

const anything = (): boolean => true;

/** Before the first commit. */
const nothing: DesiredState = {
  environment: { manifests: [], apps: {}, prune: { protect: [] } },
  objects: [],
  findings: [],
  complete: true,
  bundles: new Map(),
};
