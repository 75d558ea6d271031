import type { MergeRequest } from '../domain/forge.ts';
import type { Reference } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import { mayOpen, maySoak } from './eligibility.ts';
import type { Barred } from './look-up.ts';
import { running, runningKey } from './memory.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { UpdateRules } from './settings.ts';

/** Why nothing may be opened now (a window, the limit of open ones); each permission given counts as one more that is open. */
export function openingGate(rules: UpdateRules, requests: readonly MergeRequest[], now: Date): () => string | undefined {
  let open = requests.filter(({ state }) => state === 'open').length;
  return () => {
    const reason = mayOpen({ windows: rules.windows ?? [], maxOpen: rules.maxOpen, open, now });
    if (reason === undefined) open += 1;
    return reason;
  };
}

/** Why a release may not be taken yet: it must run in the earlier environment, and have run there long enough. */
export async function soakGate(
  { after }: UpdateRules,
  environment: (name: string) => Promise<EnvironmentNow> | undefined,
  store: Store,
  now: Date,
): Promise<(reference: Reference) => Barred> {
  if (after === undefined) return () => () => undefined;
  await environment(after.environment);
  const there = await running(store, after.environment);
  return ({ package: of, digest }) =>
    (release) => {
      const since = there[runningKey(of, release.version, digest === undefined ? undefined : release.digest)];
      return maySoak({ environment: after.environment, soak: after.soak, since, now });
    };
}
