/** How far an object has come since it was applied. `failed`: waiting longer changes nothing. */
export interface Health {
  readonly state: 'ready' | 'progressing' | 'failed';
  /** What it is at, without a full stop; of a ready one what is remarkable about it, mostly nothing. May hold text from outside. */
  readonly message: string;
}

/** A live object as the API server gives it. */
export type Value = Readonly<Record<string, unknown>>;

export const ready: Health = { state: 'ready', message: '' };
export const readyBut = (message: string): Health => ({ state: 'ready', message });
export const progressing = (message: string): Health => ({ state: 'progressing', message });
export const failed = (message: string): Health => ({ state: 'failed', message });

/** What is read of `metadata`. */
export interface Metadata {
  readonly uid?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
}

/** The controller has not looked at the last change yet: what `status` says is about an earlier one. */
export const notObserved = progressing('its controller has not taken up the last change yet');

export const isObserved = (metadata: Metadata | undefined, observed: number | undefined): boolean =>
  observed !== undefined && observed >= (metadata?.generation ?? 0);
