import { listed } from '../../access/end/listed.ts';
import { type AccessBook, readBook } from '../../access/grant/book.ts';
import { isConfigured } from '../../access/settings.ts';
import type { AccessAlarm, AccessNow, AccessSource, WaitingRequest } from '../../dashboard/access/source.ts';
import type { FollowedJournal } from '../../journal/follow.ts';
import { type AccessEnvironment, namedEnvironments, textOf } from '../access/environments.ts';
import { lostGrants } from '../access/figures.ts';
import { accessSettings } from '../access/settings.ts';
import { askHere, offerHere } from './access-asking.ts';
import { Revoking } from './access-revoking.ts';
import type { DashboardParts } from './parts.ts';

const week = 7 * 24 * 3_600_000;
/** Entries of the journal in which alarms are looked for. */
const mostLooked = 20_000;

/** Temporary access as its pages see it. */
export function accessSource(
  parts: Pick<DashboardParts, 'config' | 'services' | 'redact' | 'log' | 'metrics' | 'tells' | 'journal'>,
): AccessSource {
  const { config, services, journal } = parts;
  const settings = accessSettings(config);
  const asking = { ...parts, settings, now: () => new Date() };
  const revoking = new Revoking(asking);
  const books = () =>
    Promise.all(
      namedEnvironments(config, services).map(
        async (environment) => [environment, await readBook(services.persistence.store, textOf(environment))] as const,
      ),
    );
  return {
    async now() {
      const [all, alarms, lost] = await Promise.all([books(), alarmsOf(journal, new Date()), lostGrants(config, services)]);
      const records = all.flatMap(([, { grants }]) => grants);
      const hints = (settings.namespaces ?? []).filter((name) => !name.includes('*'));
      return {
        open: listed(records, false, undefined),
        waiting: all.flatMap(([environment, book]) => waitingIn(environment, book, settings.expireAfterMs)),
        ended: listed(
          records.filter(({ state }) => state === 'ended'),
          true,
          undefined,
        ).toSorted((one, other) => Date.parse(other.endedAt ?? other.until) - Date.parse(one.endedAt ?? one.until)),
        alarms,
        lost: lost.map(({ environment, grants, until }) => ({ environment, count: grants.length, until })),
        places: all.map(([{ name, cluster }, book]) => ({
          name,
          hasCluster: cluster !== undefined,
          namespaces: [...new Set([...hints, ...namespacesIn(book)])],
        })),
        isOn: isConfigured(settings),
      } satisfies AccessNow;
    },
    mayRevoke: (viewer, grants) => revoking.which(viewer, grants),
    revoke: (viewer, id, reason) => revoking.revoke(viewer, id, reason),
    offer: (viewer, environment, namespace) => Promise.resolve(offerHere(asking, viewer, environment, namespace)),
    ask: (viewer, one) => askHere(asking, viewer, one),
  };
}

const waitingIn = ({ name }: AccessEnvironment, { requests }: AccessBook, expireAfterMs: number): readonly WaitingRequest[] =>
  Object.entries(requests).map(([id, { url, title, seenAt, since = seenAt, asks, approvedBy = [], missing, unjudged }]) => ({
    environment: name,
    id: Number(id),
    url,
    title,
    since,
    expiresAt: new Date(Date.parse(since) + expireAfterMs).toISOString(),
    ...(asks !== undefined && { asks }),
    approvedBy,
    missing,
    judged: unjudged !== true,
  }));

const namespacesIn = ({ grants, requests }: AccessBook): readonly string[] => [
  ...grants.map(({ grant }) => grant.namespace),
  ...Object.values(requests).flatMap(({ asks }) => asks?.namespace ?? []),
];

/** Of the last week, newest first. */
async function alarmsOf({ newestFirst }: FollowedJournal, now: Date): Promise<readonly AccessAlarm[]> {
  const found: AccessAlarm[] = [];
  let looked = 0;
  for await (const { kind, number, at, environment, what, links } of newestFirst()) {
    looked += 1;
    if (looked > mostLooked || now.getTime() - Date.parse(at) > week) break;
    if (kind === 'alarm') found.push({ environment, number, at, what, links });
  }
  return found;
}
