import type { Store } from '../domain/store.ts';

/** Milliseconds: what lies longer than that belongs to versions and merge requests that nobody works with any more. */
const usefulFor = 90 * 24 * 3_600_000;

/** Kept per version, branch or merge request, so that there are ever more. What is forgotten too early is asked for once more. */
const growing = [
  'http',
  'oci',
  'digest',
  'branch',
  'asked',
  'said',
  'thread',
  'told',
  'plan',
  'hold',
  'verdict',
  'said-status',
  'said-comment',
  'changes',
] as const;

/** Bounds the store. */
export async function forgetUnused(store: Pick<Store, 'forget'>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - usefulFor);
  for (const space of growing) await store.forget(space, before);
}
