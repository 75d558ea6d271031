import { ConflictError } from '../../../domain/errors.ts';
import type { Reviews } from '../../../domain/forge.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import { branchHead } from './branches.ts';
import { type MergeRecord, ourName } from './record.ts';
import { type Repository, refuseArchived } from './repository.ts';
import { alone, putRecord, requireRecord } from './shelf.ts';

/** See ReviewForge. Whoever may write the file may write an approval into it: as much as the folder's owner is to be trusted. */
export async function reviews(repository: Repository, id: number): Promise<Reviews> {
  const record = await requireRecord(repository, id);
  return {
    author: toUser(record.author),
    commit: await headOf(repository, record),
    reviews: record.approvals
      .map(({ user, commit, at }) => ({ user: toUser(user), state: 'approved' as const, commit, submittedAt: new Date(at).toISOString() }))
      .sort((one, other) => one.submittedAt.localeCompare(other.submittedAt)),
  };
}

/** Notes that the user, whom the caller knows for sure, approves the merge request as it is at the commit. Throws ConflictError when it is not open, or not there, any more. */
export async function approve(repository: Repository, id: number, user: string, commit: string, now: string): Promise<void> {
  await refuseArchived(repository);
  await alone(repository, async () => {
    const record = await requireRecord(repository, id);
    const { scope } = repository;
    if (record.state !== 'open') throw new ConflictError(scope, `${scope}: merge request ${id} is ${record.state} by now`);
    if ((await headOf(repository, record)) !== commit)
      throw new ConflictError(scope, `${scope}: merge request ${id} has got another commit than ${commit}; look at it again`);
    if (record.approvals.some((one) => one.user === user && one.commit === commit)) return;
    await putRecord(repository, { ...record, approvals: [...record.approvals, { user, commit, at: now }], updatedAt: now });
  });
}

const headOf = async (repository: Repository, { state, sourceBranch, commit }: MergeRecord): Promise<string> =>
  (state === 'open' ? await branchHead(repository, sourceBranch) : undefined) ?? commit;

const toUser = (name: string): ForgeUser => ({ id: name, name, bot: name === ourName });
