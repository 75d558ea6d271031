import type { ApiServer } from '../../domain/cluster.ts';
import { explain, OutsideError } from '../../domain/errors.ts';
import { expiresAnnotation } from '../../domain/ownership.ts';
import { type LiveGrant, type LiveObject, liveGrants } from '../cluster/live.ts';
import { takeGrant } from '../cluster/take.ts';

export interface Reaped {
  readonly id: string;
  readonly namespace: string;
  /** Why it has no right to be there. */
  readonly reason: string;
  /** Why it is there still. */
  readonly problem?: string;
}

/** Takes away whatever carries our label and whose hour has come, whoever gave it; asks nobody but the cluster. One that stays keeps nobody from taking the others. */
export async function reapExpired(server: ApiServer, now: Date, signal: AbortSignal): Promise<readonly Reaped[]> {
  const reaped: Reaped[] = [];
  for (const live of await liveGrants(server, signal)) {
    const reason = expired(live, now);
    if (reason === undefined) continue;
    const { id, namespace } = live;
    try {
      await takeGrant(server, live, signal);
      reaped.push({ id, namespace, reason });
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      reaped.push({ id, namespace, reason, problem: explain(error) });
    }
  }
  return reaped;
}

/** Undefined where its hour has not come. */
export function expired({ binding, timer, others }: LiveGrant, now: Date): string | undefined {
  if (others.length > 0) return `${others.join(', ')} has its id, and is none of ours`;
  if (binding !== undefined) return overSince(text(metadata(binding)['annotations'], expiresAnnotation), now);
  return timer === undefined ? undefined : overSince(hourOf(timer), now);
}

function overSince(until: string | undefined, now: Date): string | undefined {
  if (until === undefined) return 'it does not say when it ends';
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(at)) return 'when it ends cannot be read';
  return at <= now.getTime() ? `it ended at ${until}` : undefined;
}

/** When a timer without a binding runs out by itself. */
function hourOf(timer: LiveObject): string | undefined {
  const begun = Date.parse(text(metadata(timer), 'creationTimestamp') ?? '');
  const { activeDeadlineSeconds: seconds } = fields(timer.value['spec']);
  return Number.isNaN(begun) || typeof seconds !== 'number' ? undefined : new Date(begun + seconds * 1000).toISOString();
}

const fields = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const metadata = ({ value }: LiveObject) => fields(value['metadata']);
const text = (of: unknown, key: string): string | undefined => {
  const found = fields(of)[key];
  return typeof found === 'string' ? found : undefined;
};
