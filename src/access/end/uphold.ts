import { strangers } from './due.ts';
import type { EndPorts, KnownGrants, Live } from './ports.ts';

/** Undefined for what failed, which was told. */
export type Tried = <T>(about: string, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * Takes away what carries our label and no merge request gave. As long as the grants of one of the environments were never read, it may be its
 * own, and stays; what is known to have ended is nobody's.
 */
export async function takeStrangers(
  ports: EndPorts,
  { live, known, tried }: { readonly live: readonly Live[]; readonly known: KnownGrants; readonly tried: Tried },
  signal: AbortSignal,
): Promise<void> {
  const all = [known, ...(await ports.others())];
  const records = all.flatMap(({ grants }) => grants);
  const found = strangers(live, records);
  const isOver = (one: Live): boolean => records.some(({ grant }) => grant.id === one.id && grant.namespace === one.namespace);
  const mayBeAnothers = all.some(({ files }) => files === undefined) ? found.filter((one) => !isOver(one)) : [];
  if (mayBeAnothers.length > 0) ports.news.problem(`${listed(mayBeAnothers)}: no merge request is known for it, and ${unread}`);
  const take = async (one: Live): Promise<void> => {
    const { id, namespace, binding } = one;
    const why = isOver(one) ? 'came back after it had ended' : 'came with no merge request';
    const what = binding === undefined ? 'a timer' : 'a binding';
    const key = `stranger ${namespace}/${id} ${binding?.uid ?? 'timer'}`;
    await ports.news.alarm({ key, text: `${what} of the grant ${id} in ${namespace} ${why}, and is taken away` });
    await ports.cluster.take({ id, namespace }, signal);
  };
  const due = found.filter((one) => !mayBeAnothers.includes(one));
  await Promise.all(due.map((one) => tried(`the stranger ${one.namespace}/${one.id}`, () => take(one))));
}

const unread = 'it stays until the files of every environment with a cluster were read once';

const listed = (live: readonly Live[]): string => live.map(({ id, namespace }) => `${namespace}/${id}`).join(', ');
