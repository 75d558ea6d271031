import type { UpdateType } from '../../src/domain/update.ts';
import type { Decision, UpdateRules } from '../../src/updates/decision.ts';
import { decide } from '../../src/updates/policy.ts';

const everyVersion: readonly UpdateType[] = ['major', 'minor', 'patch'];

/** What is decided for a tag, when these are all that the registry knows. */
export function decideAmong(current: string, tags: readonly string[], rules: Partial<UpdateRules> = {}): Decision {
  const releases = tags.map((version) => ({ version }));
  return decide({ current: { version: current }, list: { releases, complete: true }, rules: { types: everyVersion, ...rules } });
}

/** The tag moved to; the same one when it stays. */
export function movesTo(current: string, tags: readonly string[], rules: Partial<UpdateRules> = {}): string {
  const decision = decideAmong(current, tags, rules);
  return decision.kind === 'update' ? decision.to.version : current;
}
