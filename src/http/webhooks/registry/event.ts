import type { Head } from '../head.ts';
import type { Payload } from '../payload.ts';

/** What a registry tells. */
export interface RegistryEvent {
  /** Its own name for the delivery, where it has one. */
  readonly id?: string | undefined;
  /** Of what was pushed, as references name it: the host as in app.yml, and the path. */
  readonly packages: readonly string[];
}

/** Undefined for what is not of this format. `host` is the registry's in app.yml: the name that it calls itself may be another. */
export type RegistryFormat = (payload: Payload, host: string, head: Head) => RegistryEvent | undefined;
