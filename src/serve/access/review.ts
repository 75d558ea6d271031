import { Superseded } from '../../access/gate/evidence.ts';
import { type ReviewPorts, reviewAccess } from '../../access/gate/review.ts';
import { changeBook, readBook } from '../../access/grant/book.ts';
import { explain, OutsideError } from '../../domain/errors.ts';
import type { Forge } from '../../domain/forge.ts';
import { branchPrefix } from '../../domain/identifiers.ts';
import { announceRequest } from '../../notifications/access.ts';
import { forgeOf } from '../judged-environments.ts';
import { spoken } from '../spoken.ts';
import { type AccessEnvironment, type AccessParts, textOf } from './environments.ts';
import { accessJob, reviewJob } from './jobs.ts';
import { obstacleTo } from './obstacle.ts';

/** Looks at one merge request: whether it asks for access, what is still missing, and merges it where nothing is. */
export async function reviewRequest(
  parts: AccessParts,
  environment: AccessEnvironment,
  request: number,
  trace: string,
  signal: AbortSignal,
): Promise<void> {
  const { log, settings, services } = parts;
  const about = { trace, environment: environment.name, request };
  try {
    const outcome = await reviewAccess(
      portsOf(parts, environment, trace, signal),
      { ...environment, settings, hasCluster: environment.cluster !== undefined },
      request,
    );
    if (outcome === 'none' || outcome === 'over') log.debug({ ...about, outcome }, 'looked for a request for access');
    else log.info({ ...about, outcome }, 'a request for access was looked at');
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
    log.debug(about, explain(error));
    await services.persistence.queue().add([reviewJob(textOf(environment), request, trace)]);
  }
}

function portsOf(parts: AccessParts, environment: AccessEnvironment, trace: string, signal: AbortSignal): ReviewPorts {
  const { services, redact, tells, now, log } = parts;
  const { persistence } = services;
  const { store, locks } = persistence;
  const repository = textOf(environment);
  const forge = forgeOf(services, environment.repository.forge);
  return {
    forge: { ...forge, ...spoken(forge, redact) },
    readBook: () => readBook(store, repository),
    changeBook: (change) => changeBook({ store, locks }, repository, change),
    obstacle: (namespace) => obstacleTo(parts, environment, namespace, signal),
    landed: async () => void (await persistence.queue().add([accessJob(repository, trace)])),
    announce: async ({ request, state, judgement, because }) => {
      if (!tells) return;
      const { id, url, title } = request;
      const asks = judgement?.request;
      const news = {
        environment: environment.name,
        repository,
        request: id,
        url,
        title,
        state,
        ...(asks !== undefined && { asks }),
        missing: judgement?.reasons ?? [],
        mayApprove: (judgement?.mayApprove ?? []).map(({ name }) => name),
        ...(because !== undefined && { because }),
      };
      await announceRequest({ store, locks, queue: persistence.queue() }, news, trace);
    },
    now,
    warn: (text) => log.warn({ trace, environment: environment.name }, redact(text)),
  };
}

/** Numbers of those that are known to ask for access; with `all`, of every open merge request but the bot's updates, which nobody else pushes to unnoticed. */
export async function openRequestsOf(
  { services, log }: AccessParts,
  environment: AccessEnvironment,
  all: boolean,
): Promise<readonly number[]> {
  const known = Object.keys((await readBook(services.persistence.store, textOf(environment))).requests).map(Number);
  if (!all) return known;
  try {
    return [
      ...new Set([...known, ...(await peoplesRequests(forgeOf(services, environment.repository.forge), environment.repository.path))]),
    ];
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    log.warn({ environment: environment.name }, `requests for access were not looked for: ${explain(error)}`);
    return known; // the next look at all of them is within the hour
  }
}

async function peoplesRequests(forge: Pick<Forge, 'state' | 'openRequests'>, path: string): Promise<readonly number[]> {
  const { defaultBranch } = await forge.state(path);
  const open = await forge.openRequests(path, defaultBranch);
  return open.filter(({ branch }) => !branch.startsWith(branchPrefix)).map(({ id }) => id);
}
