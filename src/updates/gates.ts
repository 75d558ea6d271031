import { OutsideError } from '../domain/errors.ts';
import type { MergeRequest } from '../domain/forge.ts';
import type { Package, Reference } from '../domain/reference.ts';
import type { Store } from '../domain/store.ts';
import { parseDuration } from '../domain/time.ts';
import { parseWindow } from '../domain/window.ts';
import { waitsForEnvironment, waitsForRoom, waitsForWindow } from './eligibility.ts';
import type { Barred } from './look-up.ts';
import { ran, running, runningKey } from './memory.ts';
import type { EnvironmentRules } from './settings.ts';

/** Why nothing may be opened now (a window, the limit of open ones); each permission given counts as one more that is open. */
export function openingGate(rules: EnvironmentRules, requests: readonly MergeRequest[], now: Date): () => string | undefined {
  const windows = (rules.windows ?? []).map(parseWindow);
  let openCount = requests.filter(({ state }) => state === 'open').length;
  return () => {
    const reason =
      waitsForWindow({ now, windows, where: rules.where?.windows }) ??
      waitsForRoom({ openCount, maxOpen: rules.maxOpen, where: rules.where?.maxOpen });
    if (reason === undefined) openCount += 1;
    return reason;
  };
}

/** What an earlier environment says of this one's releases. */
export interface SoakGate {
  /** Why a release may not be taken yet: it must run in the earlier environment, and have run there long enough. */
  barred(reference: Reference): Barred;
  /** Why the earlier environment could not be read: then nothing may be taken, and nothing taken back either. */
  readonly problem?: OutsideError;
}

export async function soakGate(
  { after, where }: EnvironmentRules,
  environment: (name: string) => Promise<unknown> | undefined,
  store: Store,
  now: Date,
): Promise<SoakGate> {
  if (after === undefined) return { barred: () => () => undefined };
  const { environment: earlier, soak } = after;
  try {
    await environment(earlier);
  } catch (problem) {
    if (!(problem instanceof OutsideError)) throw problem;
    return { barred: () => () => `what runs in ${earlier} could not be read`, problem };
  }
  const [there, before] = await Promise.all([running(store, earlier), ran(store, earlier)]);
  const length = parseDuration(soak);
  const barred = (of: Package, version: string) => {
    const key = runningKey(of, version);
    const since = there[key] === undefined ? undefined : new Date(there[key]);
    return waitsForEnvironment({ now, environment: earlier, since, ran: before[key], soak: length, soakText: soak, where: where?.after });
  };
  return {
    barred:
      ({ package: of }) =>
      ({ version }) =>
        barred(of, version),
  };
}
