import type { ObjectId } from '../domain/finding.ts';
import type { RepositoryRef } from '../domain/forge.ts';
import type { Store } from '../domain/store.ts';
import type { Plan } from './plan.ts';

/** What people saw, at a merge request's head, that its merge would delete; they approved it by merging. */
export interface KeptPlan {
  readonly prune: readonly ObjectId[];
}

const space = 'plan';
const keyOf = ({ forge, path }: RepositoryRef, commit: string): string => `${forge}:${path}@${commit}`;

/** The last one of a head counts. */
export const keepPlan = (store: Pick<Store, 'put'>, repository: RepositoryRef, commit: string, { prune }: Pick<Plan, 'prune'>) =>
  store.put(space, keyOf(repository, commit), { prune: prune.map(({ object }) => object) } satisfies KeptPlan);

/** Of the first of these commits that has one; undefined where nobody was shown any. */
export async function keptPlan(
  store: Pick<Store, 'get'>,
  repository: RepositoryRef,
  commits: readonly string[],
): Promise<KeptPlan | undefined> {
  for (const commit of commits) {
    const kept = await store.get<KeptPlan>(space, keyOf(repository, commit));
    if (kept !== undefined) return kept;
  }
  return undefined;
}
