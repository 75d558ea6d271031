import { randomUUID } from 'node:crypto';
import type { AppActions, Pending } from '../../dashboard/actions/forms.ts';
import type { Notice } from '../../dashboard/actions/notice.ts';
import type { ActionPorts, WantedRollback, WantedVersion } from '../../dashboard/actions/room.ts';
import type { JobData, NewJob } from '../../domain/queue.ts';
import type { Services } from '../../services.ts';
import { knownEnvironments, readHistory } from '../../updates/fleet/read.ts';
import { higherVersions } from '../../updates/higher-versions.ts';
import type { EnvironmentSettings } from '../../updates/settings.ts';
import { askedIn, noteAsked } from '../asked.ts';
import { noticeKey } from '../asked-jobs.ts';

type ActionServices = Pick<Services, 'persistence' | 'settings'>;

/** Buttons put jobs into the queue; whoever pressed one reads on the page what comes of it. */
export function createActions({ persistence, settings }: ActionServices, now: () => Date): ActionPorts {
  const add = async (data: JobData, key: string): Promise<NewJob> => {
    const job = { data, key, trace: randomUUID() };
    await persistence.queue().add([job]);
    return job;
  };
  /** Noted first: what comes of it must find it there. */
  const ask = async (data: Extract<JobData, { kind: 'propose' | 'rollback' }>, key: string, what: string): Promise<void> => {
    const { environment, by } = data;
    const at = now().toISOString();
    await noteAsked(persistence, environment, { key: noticeKey({ data, key }), what, by, at, state: 'waiting' });
    await add(data, key);
  };
  return {
    has: async (environment) => (await environmentNamed({ persistence, settings }, environment)) !== undefined,
    async scan(environment) {
      const one = environment === undefined ? undefined : await environmentNamed({ persistence, settings }, environment);
      if (environment === undefined) await add({ kind: 'scan' }, '');
      else if (one !== undefined) await add({ kind: 'scan-environment', repository: repositoryOf(one) }, repositoryOf(one));
    },
    propose: ({ environment, app, package: of, version, by }: WantedVersion) =>
      ask(
        { kind: 'propose', environment, app, package: of, version, by },
        JSON.stringify([environment, app, of, version]),
        `Propose ${app} ${version}`,
      ),
    rollback: ({ environment, app, to, why, by }: WantedRollback) =>
      ask(
        { kind: 'rollback', environment, app, ...(to !== undefined && { to }), why, by },
        JSON.stringify([environment, app, to ?? '']),
        `Roll back ${app}${to === undefined ? '' : ` to ${to}`}`,
      ),
  };
}

/** As app.yml has it, or as it was found where app.yml tells to discover; undefined for none. */
export async function environmentNamed({ persistence, settings }: ActionServices, name: string): Promise<EnvironmentSettings | undefined> {
  return (await knownEnvironments(persistence.store, settings.environments)).find((one) => one.name === name);
}

export const repositoryOf = ({ repository: { forge, path } }: EnvironmentSettings): string => `${forge}:${path}`;

/** What can be asked for, and what was. */
export function shownActions({ persistence, settings }: ActionServices) {
  const { store } = persistence;
  return {
    asked: (environment: string): Promise<readonly Notice[]> => askedIn(store, environment),
    /** Whether a scan of the environment (undefined: of all of them) waits or runs. */
    async scanning(environment: string | undefined): Promise<Pending> {
      const one = environment === undefined ? undefined : await environmentNamed({ persistence, settings }, environment);
      const jobs = await persistence.queue().list(['running', 'waiting']);
      const own = jobs.filter(
        ({ data }) =>
          data.kind === 'scan' || (data.kind === 'scan-environment' && one !== undefined && data.repository === repositoryOf(one)),
      );
      return own.some(({ state }) => state === 'running') ? 'running' : own.length > 0 ? 'waiting' : undefined;
    },
    /** Undefined where there is no such environment. */
    async of(environment: string, app: string): Promise<AppActions | undefined> {
      const one = await environmentNamed({ persistence, settings }, environment);
      if (one === undefined) return undefined;
      const packages = await higherVersions(store, settings, one, app);
      const current = new Set(packages.map((each) => each.current));
      const history = await readHistory(store, environment, app);
      const points = history.flatMap((each) => each.points).toSorted((a, b) => (a.at < b.at ? 1 : -1));
      const earlier = [...new Set(points.map(({ version }) => version))].filter((version) => !current.has(version));
      return { environment, app, packages, earlier: earlier.slice(0, mostEarlier) };
    },
  };
}

const mostEarlier = 30;
