import type { GrantRecord } from '../../domain/access.ts';
import { endedEvent } from '../grant/entries.ts';
import { type Due, timeIsUp } from './due.ts';
import { goneEntry, goneEvent, revocationEntry } from './entries.ts';
import type { EndPorts } from './ports.ts';

/**
 * Takes one grant away. It may die between any two lines: what is remembered says why it ends and how far that came, and the journal has each of its
 * entries once, however often this begins; the first of them before anything is taken.
 */
export async function endOne(ports: EndPorts, record: GrantRecord, due: Due, signal: AbortSignal): Promise<void> {
  const { grant } = record;
  const { because, by } = due;
  const began = ports.now();
  await ports.remember(grant.id, (one) => ({ ...one, state: 'ending', because, by }));
  await ports.journal.recordOnce(endedEvent(grant.id), [revocationEntry(grant, due)]);
  const goneAt = record.goneAt ?? (await take(ports, record, began, because, signal));
  await ports.journal.recordOnce(goneEvent(grant.id), [goneEntry(grant, because, goneAt)]);
  await ports.news.ended({ grant, because, goneAt, ...(by !== 'lockkeeper' && { by }) });
  await ports.remember(grant.id, (one) => ({ ...one, state: 'ended' }));
}

/** Remembered by itself, so that whoever goes on from here says the same time. */
async function take(ports: EndPorts, { grant }: GrantRecord, began: Date, because: string, signal: AbortSignal): Promise<string> {
  const { goneAt } = await ports.cluster.take(grant, signal);
  const at = goneAt.toISOString();
  await ports.remember(grant.id, (one) => ({ ...one, goneAt: at }));
  const since = because === timeIsUp ? Date.parse(grant.until) : began.getTime();
  ports.news.took(grant, Math.max(0, (goneAt.getTime() - since) / 1000));
  return at;
}
