import type { GrantRecord } from '../../domain/access.ts';
import { explain, RefusedError } from '../../domain/errors.ts';
import { accessBranches, accessLabel } from '../branches.ts';
import type { EndPlace, EndPorts } from './ports.ts';
import { leftComment, removalDescription, removalMessage, removalTitle } from './texts.ts';

type Removal = NonNullable<GrantRecord['removal']>;
/** One whose merge request is open. */
type Open = Removal & Required<Pick<Removal, 'request' | 'head'>>;

const removalBranch = (id: string): string => `${accessBranches}end-${id}`;

/** Milliseconds from the end on that the forge may take to find a merge request fit to be merged: pipelines, other checks. */
const patience = 15 * 60_000;

/** One step: opens the merge request that takes the file away, or tries to merge it. What stands in its way for too long is left to a person. */
export async function removeFile(ports: EndPorts, place: EndPlace, record: GrantRecord, signal: AbortSignal): Promise<void> {
  try {
    const removal = isOpen(record.removal) ? record.removal : await propose(ports, place, record);
    signal.throwIfAborted();
    await mergeOrLeave(ports, place, { ...record, removal });
  } catch (error) {
    if (!(error instanceof RefusedError) || !isOverdue(ports, record)) throw error;
    await leave(ports, place, record, explain(error));
  }
}

const isOpen = (removal: Removal | undefined): removal is Open => removal?.request !== undefined && removal.head !== undefined;

const isOverdue = ({ now }: EndPorts, { grant, goneAt = grant.until }: GrantRecord): boolean =>
  now().getTime() - Date.parse(goneAt) > patience;

/** Whatever stood on that branch before is replaced: only what we have just written ourselves is merged. */
async function propose({ forge, remember }: EndPorts, { path }: EndPlace, record: GrantRecord): Promise<Open> {
  const { grant } = record;
  const { commit: base, defaultBranch } = await forge.state(path);
  const branch = removalBranch(grant.id);
  const expected = await forge.branchHead(path, branch);
  const head = await forge.commit(path, { branch, base, expected, files: [], removed: [grant.file], message: removalMessage(grant) });
  const { id, url } = await forge.open(path, {
    branch,
    target: defaultBranch,
    title: removalTitle(grant),
    description: removalDescription(record).slice(0, forge.traits.descriptionLimit),
    labels: [accessLabel],
  });
  const removal = { request: id, url, head, merged: false };
  await remember(grant.id, (one) => ({ ...one, removal }));
  return removal;
}

async function mergeOrLeave(ports: EndPorts, place: EndPlace, record: GrantRecord & { readonly removal: Open }): Promise<void> {
  const { forge, remember } = ports;
  const { grant, removal } = record;
  const now = await forge.gatedRequest(place.path, removal.request);
  if (now.state === 'closed') return await leave(ports, place, record, 'somebody closed it');
  if (now.state === 'open' && now.commit !== removal.head && (await forge.branchHead(place.path, now.branch)) !== removal.head)
    return await leave(ports, place, record, `somebody pushed to ${now.branch}`);
  const { defaultBranch, commit } = await forge.state(place.path);
  if (now.target !== defaultBranch) return await leave(ports, place, record, `it goes into ${now.target}, not into ${defaultBranch}`);
  const merged = now.state === 'merged' ? ({ outcome: 'merged' } as const) : await forge.merge(place.path, removal.request, removal.head);
  if (merged.outcome === 'merged') return await remember(grant.id, (one) => ({ ...one, removal: { ...removal, merged: true } }));
  if (isOverdue(ports, record)) return await leave(ports, place, record, merged.reason);
  // Where only what is up to date may be merged, it has to be on top of the branch as it is now.
  if (now.base !== commit) await propose(ports, place, record);
}

/** The file is gone, by whomever, or says something else: a merge request that is open still has nothing to do. */
export async function settle({ forge, remember }: EndPorts, { path }: EndPlace, record: GrantRecord, removal: Removal): Promise<void> {
  if (isOpen(removal)) {
    const { state, branch } = await forge.gatedRequest(path, removal.request);
    const description = `${removalDescription(record)}\n\n**Closed**: the file is gone already, or belongs to another request.`;
    if (state === 'open') await forge.close(path, removal.request, { description, branch, commit: removal.head });
  }
  await remember(record.grant.id, (one) => ({ ...one, removal: { ...removal, merged: true } }));
}

/** Told below the merge request and in the thread, and not tried again. */
async function leave({ forge, news, remember }: EndPorts, { path }: EndPlace, record: GrantRecord, why: string): Promise<void> {
  const { grant, because = '', by = 'lockkeeper', goneAt = grant.until } = record;
  const { request, head, url = grant.url } = record.removal ?? {};
  const left = why.slice(0, 300);
  if (request !== undefined) await forge.comment(path, request, 'access-left', leftComment(left));
  await news.ended({ grant, because, goneAt, left: { because: left, url }, ...(by !== 'lockkeeper' && { by }) });
  const removal = { ...(request !== undefined && { request }), ...(head !== undefined && { head }), url, merged: false, left };
  await remember(grant.id, (one) => ({ ...one, removal }));
}
