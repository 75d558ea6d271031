import { strangers } from './due.ts';
import type { EndPorts, KnownGrants, Live } from './ports.ts';

/** Undefined for what failed, which was told. */
export type Tried = <T>(about: string, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * Takes away what carries our label and no merge request gave. As long as the grants of one of the environments were never read, it may be its
 * own, and stays.
 */
export async function takeStrangers(
  ports: EndPorts,
  { live, known, tried }: { readonly live: readonly Live[]; readonly known: KnownGrants; readonly tried: Tried },
  signal: AbortSignal,
): Promise<void> {
  const all = [known, ...(await ports.others())];
  if (all.some(({ files }) => files === undefined)) return;
  const records = all.flatMap(({ grants }) => grants);
  const take = async ({ id, namespace, binding }: Live): Promise<void> => {
    const isOver = records.some(({ grant }) => grant.id === id && grant.namespace === namespace);
    const why = isOver ? 'came back after it had ended' : 'came with no merge request';
    const what = binding === undefined ? 'a timer' : 'a binding';
    const key = `stranger ${namespace}/${id} ${binding?.uid ?? 'timer'}`;
    await ports.news.alarm({ key, text: `${what} of the grant ${id} in ${namespace} ${why}, and is taken away` });
    await ports.cluster.take({ id, namespace }, signal);
  };
  await Promise.all(strangers(live, records).map((one) => tried(`the stranger ${one.namespace}/${one.id}`, () => take(one))));
}
