import type { Config } from '../../config/schema.ts';
import type { EnvironmentRun, FleetSource } from '../../dashboard/environments/fleet.ts';
import { placeOf, remembered, timeOf } from '../../deploy/record/remembered.ts';
import type { Store } from '../../domain/store.ts';
import { nextTick } from '../../runtime/schedule.ts';
import { readFleet } from '../../updates/fleet/read.ts';
import { deployedEnvironments } from '../deployed-environments.ts';
import { shownActions } from './actions.ts';
import type { DashboardParts } from './parts.ts';

/** What the store knows of the environments: nobody else is asked. */
export function fleetSource({ config, services, redact }: Pick<DashboardParts, 'config' | 'services' | 'redact'>): FleetSource {
  const { store } = services.persistence;
  const actions = shownActions(services);
  return {
    environments: async () => {
      const [fleet, runs] = await Promise.all([readFleet(store, services.settings.environments), lastRuns(store, config)]);
      return fleet.map((one) => {
        const run = runs.get(one.environment);
        const problems = one.problems.map((problem) => ({ ...problem, message: redact(problem.message) }));
        return { ...one, problems, ...(run !== undefined && { run }) };
      });
    },
    scanning: () => actions.scanning(undefined),
    nextScan: () => nextTick({ cron: config.schedule.scan, timezone: config.schedule.timezone }, new Date()),
  };
}

/** By environment; those that pipelines deploy are not remembered here. */
async function lastRuns(store: Store, config: Config): Promise<ReadonlyMap<string, EnvironmentRun>> {
  const runs = deployedEnvironments(config).map(async ({ name, repository, cluster }): Promise<[string, EnvironmentRun][]> => {
    const known = await remembered(store, repository, placeOf(name, cluster));
    if (known === undefined) return [];
    const { last, good } = known;
    const { run, outcome, commit } = last;
    return [
      [name, { run, at: began(run), outcome, commit, ...(good !== undefined && { good: { commit: good.commit, at: began(good.run) } }) }],
    ];
  });
  return new Map((await Promise.all(runs)).flat());
}

const began = (run: string): string => timeOf(run).toISOString();
