import type { CommitStatus } from '../../domain/forge.ts';

/** A merge request of an environment. Everything in it is text from outside. */
export interface ShownRequest {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly id: number;
  /** Its page: a path here where we show it ourselves. */
  readonly url: string;
  readonly title: string;
  readonly app?: string;
  readonly owner?: string;
  /** Other: opened by a person. */
  readonly kind: RequestKind;
  readonly state: 'open' | 'merged' | 'closed';
  /** RFC 3339. Of an access request elsewhere: when it was first seen. */
  readonly createdAt: string;
  /** RFC 3339: merged or closed. */
  readonly endedAt?: string;
  readonly draft: boolean;
  readonly conflicts: boolean;
  /** What was said of its head, by each judge that has spoken. */
  readonly validate?: Verdict;
  readonly access?: Verdict;
  /** It is being judged, or soon will be. */
  readonly judging: boolean;
}

export type Verdict = Pick<CommitStatus, 'state' | 'description'>;

export const requestKinds = ['update', 'rollback', 'access', 'other'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** Where merge requests are looked up, and judged again. */
export interface RequestsSource {
  /** Open ones of every environment; of the local forge also those that have ended. */
  readonly all: () => Promise<readonly ShownRequest[]>;
  /** Has it judged again, soon. */
  readonly judgeAgain: (repository: string, id: number) => Promise<void>;
}
