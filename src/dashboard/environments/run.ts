import { badge, type Tone } from '../parts/badge.ts';
import type { Html } from '../parts/html.ts';
import type { FleetEnvironment } from './fleet.ts';

interface RunState {
  readonly tone: Tone;
  readonly text: string;
}

/** How the last deployment run left an environment; undefined where there is none. */
function runState({ run, commit }: Pick<FleetEnvironment, 'run' | 'commit'>): RunState | undefined {
  switch (run?.outcome) {
    case undefined:
      return undefined;
    case 'failed':
      return { tone: 'bad', text: 'run failed' };
    case 'refused':
      return { tone: 'bad', text: 'run refused' };
    case 'succeeded':
      return run.commit === commit ? { tone: 'good', text: 'deployed' } : { tone: 'wait', text: 'newer commit' };
  }
}

export function runBadge(environment: FleetEnvironment): Html | undefined {
  const state = runState(environment);
  return state && badge(state.tone, state.text, `run ${environment.run?.run}`);
}
