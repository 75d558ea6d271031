import type { MergeRequest } from '../domain/forge.ts';
import type { Reference } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import { parseDuration } from '../domain/time.ts';
import { parseWindow } from '../domain/window.ts';
import { waitsForEnvironment, waitsForRoom, waitsForWindow } from './eligibility.ts';
import type { Barred } from './look-up.ts';
import { ran, running, runningKey } from './memory.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { EnvironmentRules } from './settings.ts';

/** Why nothing may be opened now (a window, the limit of open ones); each permission given counts as one more that is open. */
export function openingGate(rules: EnvironmentRules, requests: readonly MergeRequest[], now: Date): () => string | undefined {
  const windows = (rules.windows ?? []).map(parseWindow);
  let openCount = requests.filter(({ state }) => state === 'open').length;
  return () => {
    const reason = waitsForWindow({ now, windows }) ?? waitsForRoom({ openCount, maxOpen: rules.maxOpen });
    if (reason === undefined) openCount += 1;
    return reason;
  };
}

/** Why a release may not be taken yet: it must run in the earlier environment, and have run there long enough. */
export async function soakGate(
  { after }: EnvironmentRules,
  environment: (name: string) => Promise<EnvironmentNow> | undefined,
  store: Store,
  now: Date,
): Promise<(reference: Reference) => Barred> {
  if (after === undefined) return () => () => undefined;
  await environment(after.environment);
  const [there, before] = await Promise.all([running(store, after.environment), ran(store, after.environment)]);
  const soak = parseDuration(after.soak);
  return ({ package: of }) =>
    ({ version }) => {
      const since = there[runningKey(of, version)];
      return waitsForEnvironment({
        now,
        environment: after.environment,
        since: since === undefined ? undefined : new Date(since),
        ran: before[runningKey(of, version)],
        soak,
        soakText: after.soak,
      });
    };
}
