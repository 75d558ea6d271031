import type { MergeRequestDetails } from '../../domain/pages.ts';
import type { Viewer } from '../../domain/site.ts';
import type { Person } from './person.ts';

/** What the page of a merge request is made from. */
export interface Shown {
  readonly of: MergeRequestDetails;
  readonly viewer: Viewer;
  readonly person: Person;
  /** It is being judged, or soon will be. */
  readonly judging: boolean;
  readonly now: Date;
}
