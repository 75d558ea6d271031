import { isDigest } from '../domain/digest.ts';
import type { HeldVersion } from '../domain/update.ts';
import type { Decision, DecisionInput } from './decision.ts';
import { digestRolledBack } from './rollback/held.ts';

/** For a tag that stays: whether what it points to has moved. `why` says why the tag stays, `ignored` by which entry of `ignore`. */
export function digestMove(input: DecisionInput, ignored: string | undefined, why: string, held: readonly HeldVersion[]): Decision {
  const { current, currentDigest, rules } = input;
  const none = (reason: string): Decision => ({ kind: 'none', reason, held });
  if (current.digest === undefined || current.version === '') return none(why);
  const asked = rules.types.includes('digest');
  if (currentDigest === undefined && !asked) return none(`${why}; digest updates are not among the types of this environment`);
  if (currentDigest === undefined || !isDigest(currentDigest)) return none(`${why}; what "${current.version}" points to now is not known`);
  if (currentDigest === current.digest) return none(`${why}; its digest has not moved`);
  const moved = `${why}; its digest moved to ${currentDigest}`;
  if (!asked) return none(`${moved}: digest update; this environment takes ${rules.types.join(', ') || 'none'}`);
  const refused = ignored ?? digestRolledBack(current.version, currentDigest, input.rolledBack ?? []);
  if (refused !== undefined) return none(`${moved}: ${refused}`);
  const same = identicalPlatforms(input);
  if (same !== undefined) return none(`${moved}: identical content for ${same}`);
  return { kind: 'update', to: { version: current.version, digest: currentDigest }, type: 'digest', held };
}

/** The platforms in use, when each of them has the very same content as before; undefined when one differs or none is known. */
function identicalPlatforms({ currentPlatforms = {}, newPlatforms = {} }: DecisionInput): string | undefined {
  const inUse = Object.entries(currentPlatforms);
  const same = inUse.every(([platform, digest]) => newPlatforms[platform] === digest);
  return inUse.length > 0 && same ? inUse.map(([platform]) => platform).join(', ') : undefined;
}
