import { branchHead } from '../git-repository.ts';
import { bot } from '../gitlab-server/options.ts';
import { Refused } from '../gitlab-server/parameters.ts';
import type { StoredRequest } from '../gitlab-server/world.ts';
import type { Deliveries } from './deliveries.ts';
import type { Dice } from './dice.ts';
import { environments, pathOf, type SoakWorld } from './world.ts';

export type Act = 'merge' | 'close' | 'commit' | 'comment';

/** Merges, closes, commits to and comments on merge requests that are open, and tells of it by hooks. */
export function createPerson({ gitlab }: SoakWorld, deliveries: Deliveries, dice: Dice) {
  const done: Record<Act, number> = { merge: 0, close: 0, commit: 0, comment: 0 };
  const acts: Record<Act, (path: string, request: StoredRequest) => unknown> = {
    merge: (path, { iid }) => gitlab.merge(path, iid),
    close: (path, { iid }) => gitlab.closeMergeRequest(path, iid),
    comment: (path, { iid }) => gitlab.comment(path, iid, 'Who reviews this?'),
    async commit(path, { sourceBranch, iid }) {
      if ((await branchHead(gitlab.directory(path), sourceBranch)) === undefined) return;
      await gitlab.push(path, sourceBranch, { [`notes-${iid}.md`]: 'Mine\n' }, 'By hand');
    },
  };
  return {
    done,
    async act(): Promise<void> {
      const environment = dice.oneOf(environments) ?? '';
      const path = pathOf(environment);
      const request = dice.oneOf(gitlab.project(path).requests.filter(({ state }) => state === 'opened'));
      const act = dice.oneOf<Act>(['merge', 'merge', 'merge', 'close', 'commit', 'comment']);
      if (request === undefined || act === undefined) return;
      try {
        await acts[act](path, request);
      } catch (error) {
        if (error instanceof Refused) return; // in conflict just now
        throw error;
      }
      done[act] += 1;
      deliveries.changed(environment, 'merge_request');
      if (act === 'merge') deliveries.changed(environment, 'push');
    },
  };
}

/** What GitLab tells of what the bot itself wrote, from the log of requests since the last time; gives how many writes there were. */
export function echo({ gitlab }: SoakWorld, deliveries: Deliveries): number {
  const writes = gitlab.requests.splice(0).filter(({ method, status }) => method !== 'GET' && status < 400);
  for (const environment of environments)
    if (writes.some(({ path }) => path.startsWith(`/projects/${pathOf(environment)}/merge_requests`)))
      deliveries.changed(environment, 'merge_request');
  return writes.length;
}

export const isBots = ({ author }: StoredRequest): boolean => author.username === bot.username;
