import type { Grant, GrantRecord } from '../../domain/access.ts';
import type { EndCluster, KnownGrants, Live } from './ports.ts';

/** Why a grant ends at its hour; for every other reason it ended early. */
export const timeIsUp = 'its time is up';

export const bindingGone = 'its binding was deleted in the cluster before its hour';

/** Milliseconds: a binding or a timer that was gone so shortly before its hour has reached it by the cluster's clock. */
const clockDifference = 30_000;
/** Milliseconds before the end at which its holder is told, and the share of the duration where that is less. */
const reminder = { beforeMs: 600_000, share: 0.1 } as const;

export interface Due {
  readonly because: string;
  /** `lockkeeper`, or `FORGE:USERNAME`. */
  readonly by: string;
  /** What somebody did to it in the cluster. */
  readonly tampered?: string;
}

/** What is known at the moment of judging. */
export interface Sight {
  readonly now: Date;
  readonly files: KnownGrants['files'];
  /** Absent where the cluster could not be asked. */
  readonly live?: readonly Live[];
  readonly cluster: Pick<EndCluster, 'differs' | 'isEnding'>;
}

/** Why a grant has to end now; undefined where it lasts, or ended before. */
export function dueOf(record: GrantRecord, sight: Sight): Due | undefined {
  const { grant, state } = record;
  if (state === 'ended') return undefined;
  const by = record.by ?? 'lockkeeper';
  if (state === 'ending') return { because: record.because ?? timeIsUp, by };
  if (Date.parse(grant.until) <= sight.now.getTime()) return { because: timeIsUp, by };
  const gone = withoutFile(grant, sight.files);
  if (gone !== undefined) return { because: gone, by };
  return state === 'active' && sight.live !== undefined ? tampered(grant, sight, sight.live) : undefined;
}

function withoutFile({ file, blob }: Grant, files: KnownGrants['files']): string | undefined {
  if (files === undefined || files[file] === blob) return undefined;
  return files[file] === undefined
    ? `${file} was taken off the default branch`
    : `${file} was changed on the default branch: what it says now is another request`;
}

/** What has gone from the cluster is not given again: whoever took it may have had a reason. */
function tampered(grant: Grant, { now, cluster }: Sight, all: readonly Live[]): Due | undefined {
  const by = 'lockkeeper';
  const live = all.find((one) => isOf(one, grant));
  const isGone = live?.binding === undefined;
  const isNear = Date.parse(grant.until) - now.getTime() <= clockDifference;
  if (isNear && (isGone || cluster.isEnding(live))) return { because: timeIsUp, by };
  if (isGone) return { because: bindingGone, by };
  const changed = cluster.differs(live, grant);
  return changed === undefined ? undefined : changedInCluster(changed);
}

export const changedInCluster = (tampered: string): Due => ({
  because: `it was changed in the cluster: ${tampered}`,
  by: 'lockkeeper',
  tampered,
});

const isOf = ({ id, namespace }: Live, grant: Grant): boolean => id === grant.id && namespace === grant.namespace;

/** What carries our label, and no grant that lasts explains. */
export function strangers(live: readonly Live[], known: readonly GrantRecord[]): readonly Live[] {
  const standing = known.filter(({ state }) => state !== 'ended');
  return live.filter((one) => !standing.some(({ grant }) => isOf(one, grant)));
}

/** Milliseconds that are left, where it is time to say so. */
export function reminderDue({ grant, state, reminded }: GrantRecord, now: Date): number | undefined {
  if (state !== 'active' || reminded === true) return undefined;
  const [from, until] = [Date.parse(grant.from), Date.parse(grant.until)];
  const left = until - now.getTime();
  return left > 0 && left <= Math.min(reminder.beforeMs, (until - from) * reminder.share) ? left : undefined;
}

/** Milliseconds: more than that ahead of our clock nothing is believed. */
const believed = 24 * 3_600_000;

/** The later of our clock and of what was seen to happen: a clock that was set back gives no time. */
export function laterOf(now: Date, grants: readonly GrantRecord[]): Date {
  const seen = grants.flatMap(({ grant, goneAt }) => [grant.from, goneAt ?? grant.from]).map((at) => Date.parse(at));
  return new Date(Math.max(now.getTime(), ...seen.filter((at) => at - now.getTime() <= believed)));
}
