import { explain, OutsideError, RefusedError, UsageError } from '../domain/errors.ts';
import type { EnvironmentForge, NewStatus, RepositoryRef, StatusForge } from '../domain/forge.ts';
import type { RequestForge, RequestNow } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import type { Part } from '../markdown/fit.ts';
import { knownBundles } from './known-bundles.ts';
import { type Outcome, outcomeOf, type Verdict } from './outcome.ts';
import { askedFor, isJudged, remember } from './remembered.ts';
import { commentText, failureText } from './report/comment.ts';
import { statusName, statusOf } from './report/status.ts';
import { rulesOf } from './rules.ts';
import { concerns } from './touched.ts';
import { ownFindings, type ValidationPorts, type ValidationSettings, validateEnvironment } from './validate.ts';

export interface JudgedEnvironment {
  readonly name: string;
  readonly repository: RepositoryRef;
  readonly settings: ValidationSettings;
}

export type JudgingForge = Pick<EnvironmentForge, 'traits' | 'state' | 'comment'> &
  Pick<StatusForge, 'setStatus'> &
  Pick<RequestForge, 'request'>;

export interface RequestPorts extends ValidationPorts {
  readonly forge: JudgingForge;
  readonly store: Store;
  /** What the environment wants at a commit; bundles that `mayFetch` refuses are taken for unreachable. Throws OutsideError. */
  stateAt(commit: string, mayFetch: (url: string) => boolean): Promise<DesiredState>;
  /** What the merge request would do to the cluster, for its comment. */
  plan(base: DesiredState, head: DesiredState, signal: AbortSignal): Promise<readonly Part[]>;
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
  const { path } = environment.repository;
  const [request, { defaultBranch }] = await Promise.all([ports.forge.request(path, id), ports.forge.state(path)]);
  if (request.state !== 'open' || request.target !== defaultBranch) return 'skipped';
  const judgedAs = rulesOf(environment.settings);
  if (await isJudged(ports.store, environment.repository, request, judgedAs)) return 'skipped';
  const asked = await askedFor(ports.store, environment.repository, id);
  const say = speaker(ports, path, request);
  await say.status({ name: statusName, state: 'running', description: 'the API server is asked' });
  try {
    const verdict = await judgeRequest(ports, environment, request, signal);
    if (typeof verdict === 'string') return await superseded(say, verdict);
    await say.comment(verdict.comment);
    const isKnown = await say.status(verdict.status);
    if (verdict.outcome !== 'unknown' && isKnown) await remember(ports.store, environment.repository, request, judgedAs, asked);
    return verdict.outcome;
  } catch (error) {
    if (signal.reason instanceof Superseded) return await superseded(say, newer);
    if (!signal.aborted) await sayFailure(say, error, request.commit);
    throw error;
  }
}

interface Spoken {
  readonly outcome: Outcome;
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
    plan,
  };
  return { outcome: outcomeOf(verdict), comment: commentText(facts), status: statusOf(verdict, request.url) };
}

/** Both say whether the forge took it. */
interface Speaker {
  status(status: NewStatus): Promise<boolean>;
  comment(text: string): Promise<boolean>;
}

/** What the forge refuses is told to the log: whoever has no right to speak has judged for nothing, and the next merge request may be another. */
function speaker({ forge, warn }: RequestPorts, path: string, { id, commit, branch, fork }: RequestNow): Speaker {
  const tolerant = async (what: Promise<void>): Promise<boolean> => {
    try {
      await what;
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      warn(`${path}!${id}: ${explain(error)}`);
      return false;
    }
  };
  return {
    status: (status) => tolerant(forge.setStatus(path, { commit, branch, ...(fork && { fork: id }) }, status)),
    comment: (text) => tolerant(forge.comment(path, id, 'validate', text)),
  };
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
