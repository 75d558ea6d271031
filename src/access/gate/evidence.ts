import type { ChangedPaths, GatedRequest, Hand, Person } from '../../domain/access-forge.ts';
import type { Forge, ForgeTraits, Reviews } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
import type { AccessSettings } from '../settings.ts';

export type GateForge = Pick<
  Forge,
  | 'traits'
  | 'state'
  | 'reviews'
  | 'branchCommits'
  | 'mayWrite'
  | 'gatedRequest'
  | 'hands'
  | 'commandComments'
  | 'changedPaths'
  | 'entries'
  | 'blob'
  | 'person'
  | 'members'
>;

/** Whom the names that decide stand for at this moment. */
export interface Directory {
  /** By name; undefined: nobody has it. */
  readonly people: ReadonlyMap<string, Person | undefined>;
  /** By name, without @; undefined: there is no such group. */
  readonly groups: ReadonlyMap<string, readonly ForgeUser[] | undefined>;
}

/** Who wants the access: who opened the merge request, or on whose word the bot did. */
export interface Asker {
  readonly user: ForgeUser;
  /** May push to the repository now. */
  readonly mayWrite: boolean;
}

/** All that the gate goes by, read from the forge at one moment: the head was the same before and after. */
export interface Evidence {
  readonly forge: ForgeTraits;
  readonly request: GatedRequest;
  readonly defaultBranch: string;
  readonly changes: ChangedPaths;
  readonly reviews: Reviews;
  readonly hands: readonly Hand[];
  readonly comments: readonly RequestComment[];
  /** The one path that it brings, at its head; without content where there is too much of it. */
  readonly file?: { readonly path: string; readonly mode: string; readonly blob: string; readonly content?: Uint8Array };
  readonly directory: Directory;
  /** Undefined where nobody knows who asked. */
  readonly asker?: Asker;
}

/** The head moved while it was looked at: nothing that was read says anything about it. */
export class Superseded extends Error {}

/** Reads everything anew. Throws OutsideError where anything could not be read, and Superseded. */
export function readEvidence(
  _forge: GateForge,
  _path: string,
  _id: number,
  _settings: AccessSettings,
  _environment: string,
): Promise<Evidence> {
  return Promise.reject(new Error('not built yet'));
}
