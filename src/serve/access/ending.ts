import { bindingPath, differs, isGoing, type LiveGrant, liveGrants, readObject } from '../../access/cluster/live.ts';
import { takeGrant } from '../../access/cluster/take.ts';
import type { EndPlace, EndPorts } from '../../access/end/ports.ts';
import { changeBook, readBook } from '../../access/grant/book.ts';
import type { Grant, GrantRecord } from '../../domain/access.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { announceEnded, announceReminder } from '../../notifications/access.ts';
import { forgeOf } from '../judged-environments.ts';
import { alarmsOf } from './alarms.ts';
import { type AccessCluster, type AccessEnvironment, type AccessParts, namedEnvironments, textOf } from './environments.ts';

/** What is counted in the service alone. */
export interface EndParts extends Omit<AccessParts, 'metrics'> {
  readonly metrics: Pick<AccessParts['metrics'], 'access'>;
}

export const endPlace = ({ name, repository }: AccessEnvironment): EndPlace => ({ environment: name, path: repository.path });

/** What ends grants in an environment whose cluster `server` is. */
export function endPorts(
  parts: EndParts,
  environment: AccessEnvironment & { readonly cluster: AccessCluster },
  server: ApiServer,
  trace: string,
): EndPorts {
  const { services, config, now } = parts;
  const { store, locks } = services.persistence;
  const repository = textOf(environment);
  const others = namedEnvironments(config, services).filter((one) => one.cluster !== undefined && textOf(one) !== repository);
  return {
    forge: forgeOf(services, environment.repository.forge),
    cluster: {
      live: (signal) => liveGrants(server, signal),
      differs: (live: LiveGrant, grant: Grant) => differs(live, grant, environment.cluster),
      isHidden: async (grant, signal) => (await readObject(server, bindingPath(grant), signal)) !== undefined,
      isEnding: ({ timer }: LiveGrant) => timer === undefined || isGoing(timer),
      take: (live, signal) => takeGrant(server, live, signal),
    },
    journal: services.journal,
    news: newsOf(parts, environment, trace),
    known: () => readBook(store, repository),
    others: () => Promise.all(others.map((one) => readBook(store, textOf(one)))),
    remember: async (id, change) => {
      const changed = (record: GrantRecord): GrantRecord => (record.grant.id === id ? change(record) : record);
      await changeBook({ store, locks }, repository, (book) => ({ ...book, grants: book.grants.map(changed) }));
    },
    now,
  };
}

function newsOf(parts: EndParts, environment: AccessEnvironment, trace: string): EndPorts['news'] {
  const { services, metrics, log, redact, tells } = parts;
  const { persistence } = services;
  const threads = () => ({ store: persistence.store, locks: persistence.locks, queue: persistence.queue() });
  return {
    reminder: async (grant, leftMs) => {
      if (tells) await announceReminder(threads(), grant, leftMs, trace);
    },
    ended: async (end) => {
      const { grant, because, by = 'lockkeeper' } = end;
      log.info({ trace, environment: grant.environment, grant: grant.id, by }, `access of ${grant.subject.name} ended: ${because}`);
      if (tells) await announceEnded(threads(), end, trace);
    },
    alarm: alarmsOf(parts, environment, trace),
    took: (grant, seconds) => metrics.access.removed(grant.environment, seconds),
    problem: (text) => log.warn({ trace, environment: environment.name }, redact(text)),
  };
}
