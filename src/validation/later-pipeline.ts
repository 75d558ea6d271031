import type { EnvironmentForge } from '../domain/forge.ts';
import type { RequestForge } from '../domain/request-forge.ts';
import type { JudgedEnvironment } from './merge-request.ts';
import { isJudged } from './remembered.ts';
import { rulesOf } from './rules.ts';
import { saidStatus } from './said.ts';
import { type SpeakingPorts, speaker } from './speaker.ts';

export interface PipelinePorts extends SpeakingPorts {
  readonly forge: SpeakingPorts['forge'] & Pick<EnvironmentForge, 'state'> & Pick<RequestForge, 'openRequests'>;
}

/**
 * A pipeline lacks the statuses that were set before it began, and where the forge waits for pipelines alone, it lets pass what we refuse. Gives the
 * merge requests that are due: those that were judged, so that it is said again in their turn, and those of which nothing was said. At one
 * without a verdict the same is said at once, and it is not judged again for it: what a validation says changes pipelines too, and that
 * would never end.
 */
export async function sayInPipeline(
  ports: PipelinePorts,
  environment: Pick<JudgedEnvironment, 'repository' | 'settings' | 'fingerprint'>,
  pipeline: { readonly commit: string; readonly request?: number },
): Promise<readonly number[]> {
  const { repository } = environment;
  const { defaultBranch } = await ports.forge.state(repository.path);
  const open = await ports.forge.openRequests(repository.path, defaultBranch);
  const [rules, due]: [string, number[]] = [rulesOf(environment), []];
  for (const request of open) {
    if (pipeline.request === undefined ? request.commit !== pipeline.commit : request.id !== pipeline.request) continue;
    const said = await saidStatus(ports.store, repository, request);
    const isVerdict = said?.state === 'success' || said?.state === 'failure';
    if (said === undefined || (isVerdict && (await isJudged(ports.store, repository, request, rules)))) due.push(request.id);
    else await speaker(ports, repository, request).status(said);
  }
  return due;
}
