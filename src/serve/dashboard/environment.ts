import type { Config, NamedEnvironment } from '../../config/schema.ts';
import type { Deployed, EnvironmentSource, EnvironmentView, Hold, Plan, SeenDrift } from '../../dashboard/environment/view.ts';
import { type KnownDrift, knownDrift } from '../../deploy/drift/drift-memory.ts';
import { placeOf, type Remembered, remembered, timeOf } from '../../deploy/record/remembered.ts';
import { runLogOf, runsOf } from '../../deploy/record/run-log.ts';
import type { EnvironmentSnapshot } from '../../domain/fleet.ts';
import type { Redact } from '../../domain/redact.ts';
import { isOpen, nextOpening, parseWindow } from '../../domain/window.ts';
import { nextTick } from '../../runtime/schedule.ts';
import type { Services } from '../../services.ts';
import { readFleet } from '../../updates/fleet/read.ts';
import type { EnvironmentSettings } from '../../updates/settings.ts';
import { heldBy } from '../../validation/holds/kept.ts';
import { environmentNamed, shownActions } from './actions.ts';
import { leaseReader } from './lease.ts';

interface Parts {
  readonly config: Config;
  readonly services: Pick<Services, 'persistence' | 'settings'>;
  readonly redact: Redact;
  readonly now: () => Date;
}

/** From the store; only who has the lock is asked of the cluster. */
export function createEnvironmentSource({ config, services, redact, now: clock }: Parts): EnvironmentSource {
  const { store } = services.persistence;
  const lease = leaseReader({ config, redact, now: clock });
  const actions = shownActions(services);
  return {
    run: (environment, run) => runLogOf(store, environment, run),
    async environment(name, app, now) {
      const settings = await environmentNamed(services, name);
      const snapshot = (await readFleet(store, services.settings.environments)).find((one) => one.environment === name);
      if (settings === undefined || snapshot === undefined) return undefined;
      const { deploy, cluster } = placeIn(config, name);
      const place = cluster === undefined ? undefined : placeOf(name, cluster);
      const [known, drift, runs, held, asked, scanning] = await Promise.all([
        place === undefined ? undefined : remembered(store, settings.repository, place),
        place === undefined ? undefined : knownDrift(store, settings.repository, place),
        runsOf(store, name),
        holdsOf(store, settings, snapshot),
        actions.asked(name),
        actions.scanning(name),
      ]);
      const isThere = app !== undefined && snapshot.rows.some((row) => row.app === app);
      const chosen = isThere ? await actions.of(name, app) : undefined;
      return {
        snapshot,
        deploy,
        ...(cluster !== undefined && { cluster }),
        ...(known !== undefined && { deployed: deployedOf(known) }),
        ...(drift !== undefined && { drift: driftOf(drift) }),
        runs,
        lease: await lease(name),
        holds: held,
        schedule: planOf(config, settings, { snapshot, isCompared: cluster !== undefined && deploy !== 'off', now }),
        asked,
        scanning,
        ...(chosen !== undefined && { actions: chosen }),
      } satisfies EnvironmentView;
    },
  };
}

/** One that was discovered has neither cluster nor deployment. */
function placeIn({ environments }: Pick<Config, 'environments'>, name: string): Pick<EnvironmentView, 'deploy' | 'cluster'> {
  const found = environments.find((one): one is NamedEnvironment => 'name' in one && one.name === name);
  if (found === undefined) return { deploy: 'off' };
  return { deploy: found.deploy, ...(found.cluster !== undefined && { cluster: found.cluster }) };
}

function deployedOf({ last, good }: Remembered): Deployed {
  const { commit, run, outcome } = last;
  return { commit, run, outcome, at: timeOf(run).toISOString(), ...(good !== undefined && { good }) };
}

function driftOf({ commit, counts, finding, since, lookedAt, objects = [] }: KnownDrift): SeenDrift {
  return { commit, counts, ...(finding !== '' && { since }), ...(lookedAt !== undefined && { lookedAt }), objects };
}

async function holdsOf(
  store: Services['persistence']['store'],
  { repository }: EnvironmentSettings,
  { requests }: EnvironmentSnapshot,
): Promise<readonly Hold[]> {
  const holds = requests.map(async ({ id, title, url }): Promise<readonly Hold[]> => {
    const times = Object.values(await heldBy(store, repository, id)).sort();
    const [since] = times;
    return since === undefined ? [] : [{ id, title, url, objects: times.length, since }];
  });
  return (await Promise.all(holds)).flat();
}

interface PlanOf {
  readonly snapshot: EnvironmentSnapshot;
  readonly isCompared: boolean;
  readonly now: Date;
}

function planOf({ schedule }: Pick<Config, 'schedule'>, { updates }: EnvironmentSettings, { snapshot, isCompared, now }: PlanOf): Plan {
  const { types, windows = [], after, maxOpen } = updates;
  const { timezone } = schedule;
  const parsed = windows.map(parseWindow);
  const [scan, drift] = [schedule.scan, schedule.drift].map((cron) => nextTick({ cron, timezone }, now));
  const opens = isOpen(parsed, now) ? undefined : nextOpening(parsed, now)?.at;
  return {
    ...(scan !== undefined && { nextScan: scan.toISOString() }),
    ...(isCompared && drift !== undefined && { nextDrift: drift.toISOString() }),
    types,
    windows,
    isOpen: isOpen(parsed, now),
    ...(opens !== undefined && { opensAt: opens.toISOString() }),
    ...(after !== undefined && { after }),
    ...(maxOpen !== undefined && { maxOpen }),
    openCount: snapshot.requests.length,
  };
}
