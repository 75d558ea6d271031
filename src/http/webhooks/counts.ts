import type { Reason } from './refusal.ts';

/** What became of a delivery; uninteresting: authentic, and nothing to do; failed: ours is the fault, and the sender may try again. */
export type WebhookOutcome = Reason | 'accepted' | 'repeated' | 'uninteresting' | 'not-configured' | 'failed';

/** Of deliveries, for the metrics. */
export interface WebhookCounts {
  /** The sender is one that is configured (`gitlab/NAME`, `github/NAME`, `registry/HOST`), else `unknown`: never a text from outside. */
  count(sender: string, outcome: WebhookOutcome): void;
}
