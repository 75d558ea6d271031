import type { Hand } from '../../../domain/access-forge.ts';
import { branchHead } from './branches.ts';
import { isFullId } from './names.ts';
import { objects, rows } from './objects.ts';
import { targetBefore } from './patch.ts';
import { toUser } from './persons.ts';
import type { MergeRecord } from './record.ts';
import type { Repository } from './repository.ts';

/** See AccessForge; of the record as it is now. Who pushed, git does not tell; what its commits say of their authors is text, which anybody can write. */
export async function hands(repository: Repository, record: MergeRecord): Promise<readonly Hand[]> {
  const [heads, before] = await Promise.all([headsOf(repository, record), targetBefore(repository, record)]);
  const input = [...heads, ...(before === undefined ? [] : [`^${before}`])].join('\n');
  const args = ['log', '-z', '--format=%an%x00%ae%x00%cn%x00%ce', '--stdin'];
  // Without a single head it would begin at HEAD.
  const { out } =
    heads.length === 0 ? { out: Buffer.alloc(0) } : await repository.git.run('reading who wrote commits', args, { input: `${input}\n` });
  const found = rows(out, 4).flatMap(([author = '', authorEmail = '', committer = '', committerEmail = '']): Hand[] => [
    { how: 'author', name: author, email: authorEmail },
    { how: 'committer', name: committer, email: committerEmail },
  ]);
  const opener: Hand = { how: 'opener', user: toUser(record.author) };
  return [opener, ...new Map(found.map((hand) => [JSON.stringify(hand), hand])).values()];
}

/** Every commit that was its branch's head, as far as its file or a log of git's tells, and git still has it. */
async function headsOf(repository: Repository, record: MergeRecord): Promise<readonly string[]> {
  const now = await branchHead(repository, record.sourceBranch);
  const said = [
    record.commit,
    ...(record.heads ?? []),
    ...record.approvals.map(({ commit }) => commit),
    ...(record.events ?? []).flatMap(({ commit }) => commit ?? []),
  ];
  // What became of the branch after the merge is none of this one's.
  const standing = record.state === 'open' && now !== undefined ? [now, ...(await logged(repository, record.sourceBranch))] : [];
  const asked = [...new Set([...said, ...standing])].filter(isFullId);
  const found = await objects(repository, asked);
  return asked.filter((_, at) => found[at]?.type === 'commit');
}

/** None where the repository keeps no reflog, which bare ones do only when told to (core.logAllRefUpdates). */
async function logged(repository: Repository, branch: string): Promise<string[]> {
  const { out } = await repository.git.run('reading the log of a branch', ['log', '-g', '--format=%H', `refs/heads/${branch}`, '--'], {
    codes: [0, 128], // the branch is gone by now
  });
  return out.toString().split('\n');
}
