import type { Grant, GrantRecord } from '../../domain/access.ts';
import { instant } from '../../domain/time.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';

const clock = (at: string): string => instant(new Date(at)).replace('T', ' ').replace('Z', ' UTC');

const holder = ({ subject }: Grant): string => `${subject.kind === 'group' ? 'the group ' : ''}${harmlessInline(subject.name)}`;

const reason = ({ because = 'it was ended', by = 'lockkeeper' }: GrantRecord): string =>
  `${harmlessInline(because)}${by === 'lockkeeper' ? '' : ` (by ${harmlessInline(by)})`}`;

/** Below the merge request that gave it, where it ended before its hour. */
export const endedComment = (record: GrantRecord): string =>
  `**Ended before its hour**, ${clock(record.goneAt ?? record.grant.until)}: ${reason(record)}. This merge request gives nothing any more; whoever still needs the access asks anew.`;

export const removalTitle = ({ subject, level, namespace }: Grant): string => `access: end ${subject.name}, ${level} of ${namespace}`;

export const removalMessage = (grant: Grant): string => `${removalTitle(grant)}\n\nGrant: ${grant.id}\n`;

/** What the merge request that takes the file away says. */
export function removalDescription(record: GrantRecord): string {
  const { grant, goneAt = grant.until } = record;
  const until = `${clock(grant.from)} to ${clock(goneAt)}`;
  return [
    `${holder(grant)} was ${grant.level} of ${codeSpan(grant.namespace)} in ${harmlessInline(grant.environment)} from ${until}, and is no longer: ${reason(record)}.`,
    `This takes ${codeSpan(grant.file)} away, which [came with this](${grant.url}). Lockkeeper merges it by itself. Nothing is given by that file any more: closed, this leaves it where it is, and changes nothing else.`,
  ].join('\n\n');
}

/** Below that merge request, where the service may not merge it. */
export const leftComment = (because: string): string =>
  `Lockkeeper does not merge this: ${harmlessInline(because)}. A person may, at any time: the access itself is gone.`;
