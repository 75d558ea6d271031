import type { Environment } from '../domain/environment.ts';
import type { Finding, ObjectId, Place } from '../domain/finding.ts';

/** A path into an object: `['spec', 'template', 'spec', 'containers', 0, 'image']`. */
export type FieldPath = readonly (string | number)[];

/** One object that an environment wants, as it stands there. */
export interface DesiredObject extends ObjectId {
  /** Where its document begins. */
  readonly place: Place;
  /** The author's own bytes of this one document, to be sent as they are: no JavaScript parser reads YAML as Kubernetes does. */
  readonly body: Uint8Array;
  readonly type: 'application/yaml' | 'application/json';
  /** What we read in it, for rules of our own: scalars as Kubernetes takes them. Never sent to a server. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Where the field stands; the nearest field above it that is there, where it is not. */
  at(path: FieldPath): Place;
}

/** What an environment wants at a commit. */
export interface DesiredState {
  readonly environment: Environment;
  /** In the order of environment.yml, files of a folder by path, documents as they stand. */
  readonly objects: readonly DesiredObject[];
  /** What could not be read, or is wrong in environment.yml. */
  readonly findings: readonly Finding[];
  /** False when something could not be read: what is missing here may be wanted. `findings` says what; by the rule `unreachable` where trying later may help. */
  readonly complete: boolean;
  /** Line in environment.yml of each bundle, by its URL without credentials. */
  readonly bundles: ReadonlyMap<string, number>;
}

/** Rule of the finding that a bundle's server did not answer, or not as it should. */
export const unreachable = 'bundle-unreachable';
