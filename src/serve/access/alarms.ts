import { alarmEvent } from '../../access/grant/entries.ts';
import { type AlarmNews, alarm } from '../../notifications/access.ts';
import { type AccessEnvironment, type AccessParts, textOf } from './environments.ts';

/** `binding g1`: the same key is the same alarm. */
export type Raise = (news: Pick<AlarmNews, 'key' | 'text' | 'url'>) => Promise<void>;

/** What must not be: in the journal first, then in the log, the metrics and the chat, once for its key. */
export function alarmsOf(
  parts: Omit<AccessParts, 'metrics'> & { readonly metrics: Pick<AccessParts['metrics'], 'access'> },
  environment: AccessEnvironment,
  trace: string,
): Raise {
  const { services, metrics, log, redact, tells } = parts;
  const { journal, persistence } = services;
  const repository = textOf(environment);
  return async ({ key, text, url }) => {
    const event = alarmEvent(repository, key);
    const said = redact(text);
    if ((await journal.events()).actor(event) === undefined) {
      const links = url === undefined ? [] : [url];
      const entry = {
        kind: 'alarm',
        actor: 'lockkeeper',
        environment: environment.name,
        what: said,
        why: 'it must not be',
        links,
      } as const;
      await journal.recordOnce(event, [{ ...entry, facts: { repository, key } }]);
      log.error({ trace, environment: environment.name, alarm: key }, `P1: ${said}`);
      metrics.access.alarmed(environment.name);
    }
    if (!tells) return;
    const threads = { store: persistence.store, locks: persistence.locks, queue: persistence.queue() };
    await alarm(threads, { environment: environment.name, repository, key, text: said, ...(url !== undefined && { url }) }, trace);
  };
}
