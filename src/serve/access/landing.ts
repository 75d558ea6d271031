import { giveGrant } from '../../access/cluster/give.ts';
import { unguarded } from '../../access/cluster/guards.ts';
import { changeBook, readBook } from '../../access/grant/book.ts';
import type { LandPlace, LandPorts } from '../../access/grant/ports.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { announceGranted } from '../../notifications/access.ts';
import { forgeOf } from '../judged-environments.ts';
import { alarmsOf } from './alarms.ts';
import { type AccessCluster, type AccessEnvironment, type AccessParts, textOf } from './environments.ts';

export const landPlace = ({ settings }: Pick<AccessParts, 'settings'>, environment: AccessEnvironment): LandPlace => ({
  environment: environment.name,
  repository: textOf(environment),
  path: environment.repository.path,
  settings,
});

/** What gives grants in an environment whose cluster `server` is. */
export function landPorts(
  parts: AccessParts,
  environment: AccessEnvironment & { readonly cluster: AccessCluster },
  server: ApiServer,
  trace: string,
): LandPorts {
  const { services, settings, log, redact, tells, now } = parts;
  const { persistence, journal } = services;
  const { store, locks } = persistence;
  const repository = textOf(environment);
  return {
    forge: forgeOf(services, environment.repository.forge),
    cluster: {
      unguarded: async (namespace, signal) => (settings.guards === 'required' ? unguarded(server, namespace, signal) : undefined),
      give: (grant, at, signal) => giveGrant(server, grant, environment.cluster, at, signal),
    },
    journal,
    news: {
      granted: async (grant) => {
        log.info(
          { trace, environment: grant.environment, grant: grant.id },
          `access of ${grant.subject.name} begins, until ${grant.until}`,
        );
        if (tells) await announceGranted({ store, locks, queue: persistence.queue() }, grant, trace);
      },
      alarm: alarmsOf(parts, environment, trace),
      problem: (text) => log.warn({ trace, environment: environment.name }, redact(text)),
    },
    book: () => readBook(store, repository),
    change: (change) => changeBook({ store, locks }, repository, change),
    now,
  };
}
