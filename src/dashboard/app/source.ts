import type { Finding, ObjectId } from '../../domain/finding.ts';
import type { AppHistory, EnvironmentSnapshot } from '../../domain/fleet.ts';
import type { CommitStatus } from '../../domain/forge.ts';
import type { Entry } from '../../domain/journal.ts';

/** An app in one environment, as the last scan saw it. */
export interface AppPlace extends Omit<EnvironmentSnapshot, 'requests' | 'problems'> {
  readonly requests: readonly AppRequest[];
  /** Where its source is, as `FORGE:PATH` or as it is written, and its page there; absent where nobody says. */
  readonly source?: { readonly name: string; readonly url: string };
  /** `apps.<app>.namespace` of environment.yml. */
  readonly namespace?: string;
}

/** An open merge request about the app. */
export interface AppRequest {
  readonly id: number;
  /** Its page: a path here where we show it ourselves. */
  readonly url: string;
  readonly title: string;
  /** RFC 3339 */
  readonly createdAt: string;
  /** It takes versions back. */
  readonly rollback: boolean;
  readonly draft: boolean;
  readonly conflicts: boolean;
  /** What validation said of its head last; absent where it has said nothing. */
  readonly verdict?: Pick<CommitStatus, 'state' | 'description'>;
}

/** What an environment wants at a commit, and what the checklist finds in it. */
export interface Wanted {
  readonly commit: string;
  readonly objects: readonly WantedObject[];
  readonly findings: readonly Finding[];
  /** False where something of it could not be read. */
  readonly complete: boolean;
}

export interface WantedObject extends ObjectId {
  readonly file: string;
  readonly line: number;
  /** The app of the bundle that it comes from. */
  readonly bundleOf?: string;
  /** What its labels say that it belongs to. */
  readonly labels: readonly string[];
}

/** A reference of any app of an environment. */
export interface PlacedReference {
  readonly app: string;
  readonly file: string;
  readonly line: number;
}

/** Access that somebody has, or is about to get. */
export interface OpenGrant {
  readonly namespace: string;
  readonly subject: string;
  readonly level: string;
  /** RFC 3339 */
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly approvedBy: readonly string[];
  /** Page of its merge request. */
  readonly url: string;
}

/** What lies between two versions of a package: Markdown, made harmless, or one sentence on why there is none. */
export type PackageChanges =
  | { readonly package: string; readonly from: string; readonly to: string; readonly markdown: string }
  | { readonly package: string; readonly from: string; readonly to: string; readonly problem: string };

/** Which versions of which package: they stand in the places given. */
export interface Move {
  readonly package: string;
  readonly from: { readonly version: string; readonly place: AppPlace };
  readonly to: { readonly version: string; readonly place: AppPlace };
}

/** Where what is known of apps comes from. Forges are asked by `changes` and `look` only, for a limited time. */
export interface AppSource {
  /** In the order in which versions travel; those that have the app. */
  places(app: string): Promise<readonly AppPlace[]>;
  /** Of every app. */
  references(place: AppPlace): Promise<readonly PlacedReference[]>;
  history(environment: string, app: string): Promise<readonly AppHistory[]>;
  /** Of the environment: those about the app, and runs, which are about all of it. */
  entries(environment: string, app: string): Promise<readonly Entry[]>;
  /** What was last looked at; of another commit, where the environment has moved since. */
  wanted(place: AppPlace): Promise<Wanted | undefined>;
  /** Looks at what the place has now; one sentence where that cannot be had, or takes long. */
  look(place: AppPlace): Promise<Wanted | string>;
  changes(app: string, move: Move): Promise<PackageChanges>;
  /** Of the whole environment. */
  grants(place: AppPlace): Promise<readonly OpenGrant[]>;
}
