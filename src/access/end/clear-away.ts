import type { GrantRecord } from '../../domain/access.ts';
import { endedCommentKey } from '../grant/entries.ts';
import { timeIsUp } from './due.ts';
import type { EndPlace, EndPorts, KnownGrants } from './ports.ts';
import { removeFile, settle } from './removal.ts';
import { endedComment } from './texts.ts';

/** What is left to do in the forge for a grant that ended. */
export async function clearAway(
  ports: EndPorts,
  place: EndPlace,
  record: GrantRecord,
  files: KnownGrants['files'],
  signal: AbortSignal,
): Promise<void> {
  const { grant, state, because, noted, removal } = record;
  if (state !== 'ended') return;
  if (because !== timeIsUp && noted !== true) {
    await ports.forge.comment(place.path, grant.request, endedCommentKey, endedComment(record));
    await ports.remember(grant.id, (one) => ({ ...one, noted: true }));
  }
  if (files === undefined || removal?.merged === true) return;
  const isThere = files[grant.file] === grant.blob;
  if (isThere && removal?.left === undefined) await removeFile(ports, place, record, signal);
  if (!isThere && removal !== undefined) await settle(ports, place, record, removal);
}
