import type { GrantRecord } from '../../domain/access.ts';
import { explain } from '../../domain/errors.ts';
import { clearAway } from './clear-away.ts';
import { bindingGone, changedInCluster, dueOf, laterOf, reminderDue } from './due.ts';
import { endOne } from './end-one.ts';
import type { EndPlace, EndPorts, KnownGrants, Live } from './ports.ts';
import { type Tried, takeStrangers } from './uphold.ts';

/**
 * One pass over the grants of an environment: finds what somebody tampered with, ends what is due, reminds, and has the files of what ended taken away.
 * What fails of one grant keeps nobody from ending the others; it is told as a problem, and the next pass tries it again.
 */
export async function endGrants(ports: EndPorts, place: EndPlace, signal: AbortSignal): Promise<void> {
  const tried = trying(ports, signal);
  // First the cluster, then what is remembered: a grant is remembered before it is given.
  const live = await tried('looking at the cluster', () => ports.cluster.live(signal));
  const known = await ports.known();
  const now = laterOf(ports.now(), known.grants);
  // All at once: one that cannot be taken, and is waited for, makes no other one late.
  await Promise.all([
    ...known.grants.map((record) => tried(aboutOf(record), () => keep(ports, record, { known, live, now }, signal))),
    live === undefined ? undefined : tried('bindings of nobody', () => takeStrangers(ports, { live, known, tried }, signal)),
  ]);
  for (const record of (await ports.known()).grants)
    await tried(aboutOf(record), () => clearAway(ports, place, record, known.files, signal));
}

const aboutOf = ({ grant }: GrantRecord): string => `the grant ${grant.id}`;

interface Seen {
  readonly known: KnownGrants;
  readonly live: readonly Live[] | undefined;
  readonly now: Date;
}

async function keep(ports: EndPorts, record: GrantRecord, { known, live, now }: Seen, signal: AbortSignal): Promise<void> {
  const { grant } = record;
  const { cluster } = ports;
  const seen = dueOf(record, { now, files: known.files, cluster, ...(live !== undefined && { live }) });
  const isHidden = seen?.because === bindingGone && (await cluster.isHidden(grant, signal));
  const due = isHidden ? changedInCluster('its binding has lost its label') : seen;
  if (due?.tampered !== undefined) {
    const text = `the grant ${grant.id} of ${grant.subject.name} in ${grant.namespace} was changed in the cluster, and is taken away: ${due.tampered}`;
    await ports.news.alarm({ key: `changed ${grant.id}`, text, url: grant.url });
  }
  if (due !== undefined) return await endOne(ports, record, due, signal);
  const left = reminderDue(record, now);
  if (left === undefined) return;
  await ports.news.reminder(grant, left);
  await ports.remember(grant.id, (one) => ({ ...one, reminded: true }));
}

const trying =
  ({ news }: EndPorts, signal: AbortSignal): Tried =>
  async (about, work) => {
    signal.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      news.problem(`${about}: ${explain(error)}`);
      return undefined;
    }
  };
