import type { Grant, GrantRecord } from '../../domain/access.ts';
import { laterOf } from '../end/due.ts';
import { type AccessBook, fileKey, withRecord } from './book.ts';
import { grantEntry, grantEvent } from './entries.ts';
import type { Pass } from './ports.ts';

/** `waits`: the next pass tries again, until its time is over. */
export type Landed = 'settled' | 'waits';

/**
 * Gives what a merge granted. It may die between any two lines: each can be repeated, and what the journal and the book have does not become more by that.
 */
export async function giveLanded({ ports, place, signal }: Pass, grant: Grant): Promise<Landed> {
  const { journal, cluster, news } = ports;
  const { id, url, namespace } = grant;
  const lacking = await cluster.unguarded(namespace, signal);
  if (lacking !== undefined) {
    const todo =
      'Install the policies of environments-template, and see "lockkeeper access doctor"; it is given then, for the time that is left';
    await news.alarm({
      key: `guards ${id}`,
      text: `nothing is granted to ${grant.subject.name} in ${namespace}: ${lacking}. ${todo}.`,
      url,
    });
    return 'waits';
  }
  signal.throwIfAborted();
  await journal.recordOnce(grantEvent(id), [grantEntry(grant)]);
  if (grant.breakGlass) await news.alarm({ key: `break-glass ${id}`, text: brokenGlass(grant), url });
  const { grants } = await ports.change((book) => begun(book, grant));
  signal.throwIfAborted();
  if (!isGranting(grants, id)) return 'settled'; // somebody revoked it meanwhile
  const given = await cluster.give(grant, laterOf(ports.now(), grants), signal);
  if (given.outcome === 'refused') {
    const text = `the cluster of ${place.environment} does not take the grant of ${grant.subject.name} in ${namespace}: ${given.reason}. It is tried again until ${grant.until}.`;
    await news.alarm({ key: `refused ${id}`, text, url });
    return 'waits';
  }
  if (given.outcome === 'over') return 'settled'; // its end does the rest
  await news.granted(grant);
  await ports.change((book) => (isGranting(book.grants, id) ? withRecord(book, { grant, state: 'active' }) : book));
  return 'settled';
}

const isGranting = (grants: readonly GrantRecord[], id: string): boolean =>
  grants.some(({ grant, state }) => grant.id === id && state === 'granting');

/** What is there of it already stays: it may have been revoked since. */
export function begun(book: AccessBook, grant: Grant): AccessBook {
  const { [fileKey(grant.file, grant.blob)]: _, ...unexplained } = book.unexplained;
  return book.grants.some((one) => one.grant.id === grant.id) ? book : { ...withRecord(book, { grant, state: 'granting' }), unexplained };
}

const brokenGlass = ({ subject, level, namespace, until, reason }: Grant): string =>
  `${subject.name} breaks the glass: ${level} of ${namespace} until ${until}, approved by nobody, because ${reason}. Look what it is for; "lockkeeper access revoke" ends it.`;
