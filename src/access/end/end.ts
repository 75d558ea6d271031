import type { GrantRecord } from '../../domain/access.ts';
import { explain } from '../../domain/errors.ts';
import { type Due, dueOf, laterOf, reminderDue, strangers } from './due.ts';
import { endOne } from './end-one.ts';
import type { EndPlace, EndPorts, KnownGrants, Live } from './ports.ts';
import { clearAway } from './removal.ts';

/**
 * One pass over the grants of an environment: finds what somebody tampered with, ends what is due, reminds, and has the files of what ended taken away.
 * What fails of one grant keeps nobody from ending the others; it is told as a problem, and the next pass tries it again.
 */
export async function endGrants(ports: EndPorts, place: EndPlace, signal: AbortSignal): Promise<void> {
  const pass = { ports, place, signal };
  // First the cluster, then what is remembered: a grant is remembered before it is given.
  const live = await tried(pass, 'looking at the cluster', () => ports.cluster.live(signal));
  const known = await ports.known();
  const now = laterOf(ports.now(), known.grants);
  if (live !== undefined) await tried(pass, 'looking for bindings of nobody', () => takeStrangers(pass, live, known));
  for (const record of known.grants) await tried(pass, `grant ${record.grant.id}`, () => keep(pass, record, { known, live, now }));
  for (const record of (await ports.known()).grants)
    await tried(pass, `grant ${record.grant.id}`, () => clearAway(ports, place, record, known.files, signal));
}

interface Pass {
  readonly ports: EndPorts;
  readonly place: EndPlace;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly known: KnownGrants;
  readonly live: readonly Live[] | undefined;
  readonly now: Date;
}

async function keep({ ports, signal }: Pass, record: GrantRecord, { known, live, now }: Seen): Promise<void> {
  const differs = ports.cluster.differs.bind(ports.cluster);
  const due = dueOf(record, { now, files: known.files, differs, ...(live !== undefined && { live }) });
  if (due !== undefined) return await endDue(ports, record, due, signal);
  const left = reminderDue(record, now);
  if (left === undefined) return;
  await ports.news.reminder(record.grant, left);
  await ports.remember(record.grant.id, (one) => ({ ...one, reminded: true }));
}

async function endDue(ports: EndPorts, record: GrantRecord, due: Due, signal: AbortSignal): Promise<void> {
  const { id, namespace, subject, url } = record.grant;
  if (due.tampered !== undefined) {
    const text = `the grant ${id} of ${subject.name} in ${namespace} was changed in the cluster, and is taken away: ${due.tampered}`;
    await ports.news.alarm({ key: `changed ${id}`, text, url });
  }
  await endOne(ports, record, due, signal);
}

/** Where another environment's grants were never read, they may be its own. */
async function takeStrangers({ ports, signal }: Pass, live: readonly Live[], known: KnownGrants): Promise<void> {
  const all = [known, ...(await ports.others())];
  const found = strangers(
    live,
    all.flatMap(({ grants }) => grants),
  );
  if (all.some(({ files }) => files === undefined)) return;
  for (const { id, namespace, binding } of found) {
    const ended = all.flatMap(({ grants }) => grants).some(({ grant }) => grant.id === id && grant.namespace === namespace);
    const why = ended ? 'came back after it had ended' : 'came with no merge request';
    const what = binding === undefined ? 'a timer' : 'a binding';
    const key = `stranger ${namespace}/${id} ${binding?.uid ?? 'timer'}`;
    await ports.news.alarm({ key, text: `${what} of grant ${id} in ${namespace} ${why}, and is taken away` });
    await ports.cluster.take({ id, namespace }, signal);
  }
}

async function tried<T>({ ports, signal }: Pass, doing: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    ports.news.problem(`${doing}: ${explain(error)}`);
    return undefined;
  }
}
