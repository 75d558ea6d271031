import type { AccessForge } from '../../../domain/access-forge.ts';
import { ConflictError, RefusedError } from '../../../domain/errors.ts';
import { branchHead, containing, state } from './branches.ts';
import { moveBranch } from './commit.ts';
import { isFullId } from './names.ts';
import { objects } from './objects.ts';
import { mergeBase, targetsBefore } from './patch.ts';
import { isDraft } from './persons.ts';
import type { MergeRecord } from './record.ts';
import { type Repository, refuseArchived } from './repository.ts';
import { lookAtForGood } from './requests.ts';
import { merged } from './settle.ts';
import { alone, putRecord } from './shelf.ts';

type Merged = Awaited<ReturnType<AccessForge['merge']>>;

/** See AccessForge. The branch first: killed before the file says so, the next look finds that it is merged, and by whom. */
export async function merge(repository: Repository, id: number, head: string, by: string, now: string): Promise<Merged> {
  await refuseArchived(repository);
  return alone(repository, async () => {
    const record = await lookAtForGood(repository, id, now);
    const { scope } = repository;
    if (record.commit !== head)
      throw new ConflictError(scope, `${scope}: merge request ${id} is at ${record.commit} and no longer at ${head}; look at it again`);
    if (record.state === 'merged') return { outcome: 'merged' };
    if (record.state === 'closed') return refused(`merge request ${id} is closed`);
    if (isDraft(record)) return refused(`merge request ${id} is a draft`);
    return mergeNow(repository, record, by, now);
  });
}

const refused = (reason: string): Merged => ({ outcome: 'refused', reason });

/** Only under `alone`. Throws ConflictError where somebody pushes to the target meanwhile. */
async function mergeNow(repository: Repository, record: MergeRecord, by: string, now: string): Promise<Merged> {
  const { git } = repository;
  const { id, commit, sourceBranch, targetBranch, title } = record;
  const target = await branchHead(repository, targetBranch);
  if (target === undefined) return refused(`there is no branch ${targetBranch}`);
  if ((await mergeBase(repository, target, commit)) === undefined) return refused(`it has nothing in common with ${targetBranch}`);
  const { code, out } = await git.run('merging', ['merge-tree', '--write-tree', '--name-only', '--no-messages', target, commit], {
    codes: [0, 1],
  });
  const [tree = '', ...files] = out.toString().split('\n');
  if (code === 1) return refused(`it conflicts with ${targetBranch} in ${files.filter((file) => file !== '').join(', ')}`);
  const made = await git.run('writing a merge commit', ['commit-tree', tree, '-p', target, '-p', commit, '-F', '-'], {
    input: `Merge branch '${sourceBranch}' into '${targetBranch}'\n\n${title}\n\nMerge request ${id}`,
  });
  const mergeCommit = made.out.toString().trim();
  const begun = { ...record, merging: { by, commit: mergeCommit } };
  await putRecord(repository, begun);
  await moveBranch(repository, targetBranch, mergeCommit, target);
  await putRecord(repository, merged(begun, mergeCommit, now));
  return { outcome: 'merged' };
}

/** See AccessForge. Of the records as they stand now. */
export async function mergedWith(repository: Repository, records: readonly MergeRecord[], commit: string): Promise<readonly number[]> {
  const [known] = isFullId(commit) ? await objects(repository, [`${commit}^{commit}`]) : [];
  if (known === undefined) throw new RefusedError(repository.scope, `${repository.scope}: there is no commit ${commit}`);
  const { defaultBranch } = await state(repository);
  const landed = records.filter(({ state: stands, targetBranch }) => stands === 'merged' && targetBranch === defaultBranch);
  const starts = await targetsBefore(repository, landed);
  const heads = landed.map((record) => record.commit);
  const after = await containing(repository, commit, [...heads, ...starts.filter((start) => start !== undefined)]);
  const brought = ({ mergeCommit, commit: head }: MergeRecord, start: string | undefined) =>
    mergeCommit === commit || head === commit || (start !== undefined && after.has(head) && !after.has(start));
  return landed.filter((record, at) => brought(record, starts[at])).map(({ id }) => id);
}
