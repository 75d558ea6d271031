import { type ForgeTraits, type RepositoryRef, requestWord } from '../../domain/forge.ts';
import type { Store } from '../../domain/store.ts';
import { some } from '../../domain/wording.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { release } from './kept.ts';
import { moment, shownObject } from './text.ts';

/** What became of the lock of an environment that somebody wanted released. Texts are from outside. */
export type RunRelease =
  | { readonly kind: 'none' }
  /** The run renewed it meanwhile. Without another renewal it lasts `until` (RFC 3339). */
  | { readonly kind: 'alive'; readonly holder: string; readonly until: string }
  | { readonly kind: 'released'; readonly holder: string }
  /** The cluster could not be asked. */
  | { readonly kind: 'unknown' };

export interface UnlockPorts {
  readonly store: Store;
  readonly traits: Pick<ForgeTraits, 'type'>;
  /** Takes the environment's lock from a deployment run that is dead. */
  releaseRun(): Promise<RunRelease>;
  /** Other comments may have to say something else. */
  heldOtherwise(): Promise<void>;
}

/** Releases what a merge request holds, and the lock that a dead deployment run left; gives what to answer. */
export async function unlock(ports: UnlockPorts, repository: RepositoryRef, id: number, name: string): Promise<string> {
  const run = await ports.releaseRun();
  const held = Object.keys(await release(ports.store, repository, id)).sort();
  await ports.heldOtherwise(); // also where another before us died between the two
  return unlockText(held, run, name, ports.traits);
}

const mostObjects = 10;

/** In Markdown. */
export function unlockText(held: readonly string[], run: RunRelease, name: string, { type }: Pick<ForgeTraits, 'type'>): string {
  const request = requestWord(type);
  const objects = some(held.map(shownObject), mostObjects);
  return [
    held.length === 0
      ? `This ${request} holds nothing.`
      : `Released by ${harmlessInline(name)}: this ${request} does not hold ${objects} any more. Its next commit that is judged, or \`/lockkeeper validate\`, holds what it touches then, behind all others.`,
    ...runText(run),
  ].join('\n\n');
}

function runText(run: RunRelease): string[] {
  if (run.kind === 'none') return [];
  if (run.kind === 'unknown') return ["Whether a deployment run has the environment's lock is not known: its cluster could not be asked."];
  const who = codeSpan(run.holder.slice(0, 100));
  if (run.kind === 'released') return [`The deployment run that had the environment's lock (${who}) is dead: its lock is released.`];
  return [
    `A deployment run (${who}) has the environment's lock and renews it: it cannot be released. It lasts until ${moment(run.until)}, and longer while the run lives.`,
  ];
}
