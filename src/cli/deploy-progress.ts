import type { Progress } from '../deploy/progress.ts';
import type { DeployPhase } from '../domain/deployment.ts';
import type { Context } from './context.ts';

const titles: Readonly<Record<DeployPhase, string>> = {
  lock: 'waiting for the lock',
  look: 'looking at the cluster',
  preflight: 'trying',
  apply: 'applying',
  prune: 'pruning',
  rollout: 'coming up',
};

/** A bar for each phase; the last one is taken away at the end. */
export async function withPhases<T>({ output, log }: Context, environment: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  let bar: ReturnType<Context['output']['progress']> | undefined;
  const progress: Progress = {
    phase: (name, units) => {
      bar?.stop();
      bar = output.progress(`${environment}: ${titles[name]}`, units);
    },
    done: (what) => {
      bar?.advance();
      log.debug(what);
    },
  };
  try {
    return await work(progress);
  } finally {
    bar?.stop();
  }
}
