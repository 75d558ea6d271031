import { isCommit, isDigest, isSha256 } from '../domain/digest.ts';
import type { Holds } from '../domain/reference.ts';
import type { Release, ReleaseDetails } from '../domain/release.ts';
import type { Decision } from './decision.ts';

/**
 * A decision with what was looked up of the release it moves to. `needs` says what the file writes beside the version
 * (`reference.spots`): what moves together must be known together, or nothing moves.
 */
export function settle(decision: Decision, needs: readonly Holds[], details: ReleaseDetails | undefined): Decision {
  if (decision.kind === 'none') return decision;
  const to = completed(decision.to, details);
  const missing = (['digest', 'sha256', 'commit'] as const).find((key) => needs.includes(key) && !isSound[key](to[key] ?? ''));
  if (missing === undefined) return { ...decision, to };
  const { held } = decision;
  const reason = `the ${missing} of ${to.version}, which is written beside the version, is not known`;
  const kept = decision.incomplete === undefined ? {} : { incomplete: decision.incomplete };
  return { kind: 'none', reason, held: [...held, { version: to.version, reason }], ...kept };
}

/** What stands in a file beside a version is written there by us: nothing but such digits. */
const isSound = { digest: isDigest, sha256: isSha256, commit: isCommit };

/** What is looked up of one release is newer than what a list said of it. */
function completed(release: Release, details: ReleaseDetails | undefined): Release {
  const known = { digest: details?.digest, sha256: details?.sha256, commit: details?.commit, publishedAt: details?.publishedAt };
  return { ...release, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
}
