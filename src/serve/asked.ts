import type { Notice } from '../dashboard/actions/notice.ts';
import type { Locks } from '../domain/locks.ts';
import type { Store } from '../domain/store.ts';

/** By environment: what people asked for with buttons. */
const space = 'pressed';
/** Per environment. */
const most = 8;
/** For somebody else who writes down the same, milliseconds. */
const patience = 10_000;

interface Ports {
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly locks: Locks;
}

/** Newest first. */
export const askedIn = async (store: Pick<Store, 'get'>, environment: string): Promise<readonly Notice[]> =>
  (await store.get<readonly Notice[]>(space, environment)) ?? [];

/** Somebody asks; again, it is the same. */
export const noteAsked = (ports: Ports, environment: string, notice: Notice): Promise<void> =>
  change(ports, environment, (known) => [notice, ...known.filter(({ key }) => key !== notice.key)].slice(0, most));

/** What came of it. */
export const endAsked = (
  ports: Ports,
  environment: string,
  key: string,
  end: Pick<Notice, 'state' | 'endedAt' | 'text' | 'url'>,
): Promise<void> => change(ports, environment, (known) => known.map((one) => (one.key === key ? { ...one, ...end } : one)));

const change = ({ store, locks }: Ports, environment: string, next: (known: readonly Notice[]) => readonly Notice[]): Promise<void> =>
  locks.hold(`pressed ${environment}`, patience, async () => store.put(space, environment, next(await askedIn(store, environment))));
