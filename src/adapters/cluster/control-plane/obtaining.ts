import type { HttpClient } from '../../http/client.ts';
import type { Places } from './find.ts';
import type { Platform } from './platform.ts';

/** A part of the work that takes long. */
export interface Step {
  /** So many more of its units are done. */
  advance(by: number): void;
}

/** Told of each such part as it begins, with its units: 0 where nobody knows. */
export type Watch = (what: string, units: number) => Step;

/** What the ways that take long work with. */
export interface Obtaining extends Places {
  readonly http: Pick<HttpClient, 'request' | 'stream'>;
  readonly indexUrl: string;
  readonly platform: Platform;
  readonly watch: Watch;
  readonly signal: AbortSignal;
}
