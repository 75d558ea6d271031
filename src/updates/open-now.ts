import type { MergeRequest } from '../domain/forge.ts';
import type { ForgeView } from './forge-view.ts';
import type { AppOutcome } from './scan-environment.ts';

/** A merge request from a branch of ours, with the app that it is of, where one is known. */
export interface OpenNow {
  readonly app: string | undefined;
  readonly request: MergeRequest;
}

/** Which are open once a scan has done what it decided: as the forge showed them, but for what was written since. */
export function openNow({ requests }: Pick<ForgeView, 'requests'>, outcomes: readonly AppOutcome[]): OpenNow[] {
  const open = [...requests].flatMap(([app, all]) => all.filter(({ state }) => state === 'open').map((request) => ({ app, request })));
  const now = new Map(open.map((one) => [one.request.id, one]));
  for (const { app, action, request, problem } of outcomes) {
    if (problem !== undefined || request === undefined) continue; // nobody knows what became of it: the next scan looks
    if (action.kind === 'close' || action.kind === 'tidy') now.delete(request.id);
    if (action.kind === 'open') now.set(request.id, { app, request });
    if (action.kind === 'update') now.set(request.id, { app, request: { ...request, ...action.texts } });
  }
  return [...now.values()].sort((a, b) => a.request.id - b.request.id);
}
