import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Local } from '../../src/adapters/forges/local/local.ts';
import type { MergeRecord } from '../../src/adapters/forges/local/record.ts';
import type { AccessFixture } from './contracts/access-fixture.ts';
import { amend, branchHead, commitFiles, createBareRepository, git, gitText, type Identity, person } from './git-repository.ts';

const personEnv = {
  GIT_AUTHOR_NAME: person.name,
  GIT_AUTHOR_EMAIL: person.email,
  GIT_COMMITTER_NAME: person.name,
  GIT_COMMITTER_EMAIL: person.email,
};

/** Ada's is the one that people have everywhere. */
const identity = (name: string): Identity => (name === 'ada' ? person : { name, email: `${name}@example.com` });

/** People with plain git and an editor, in a folder of bare repositories. */
export function localFixture(root: string, forge: Local, dispose: () => Promise<void> = async () => {}) {
  const directory = (path: string) => join(root, `${path}.git`);
  const requests = (path: string) => join(root, `${path}.lockkeeper/merge-requests`);
  const file = (path: string, id: number) => join(requests(path), `${id}.json`);
  const read = (path: string, id: number) => JSON.parse(readFileSync(file(path, id), 'utf8')) as MergeRecord;
  const write = (path: string, id: number, record: MergeRecord) => writeFileSync(file(path, id), JSON.stringify(record));
  const defaultBranch = (path: string) => gitText(directory(path), ['symbolic-ref', '--short', 'HEAD']);

  /** A merge commit on the target, as `git merge --no-ff` makes it; the branch stays. */
  const mergeBranch = async (path: string, branch: string, target: string): Promise<string> => {
    const [theirs = '', ours = ''] = await Promise.all([branch, target].map((name) => branchHead(directory(path), name)));
    const tree = await gitText(directory(path), ['merge-tree', '--write-tree', ours, theirs]);
    const merged = await gitText(directory(path), ['commit-tree', tree, '-p', ours, '-p', theirs, '-m', `Merge ${branch}`], {
      env: personEnv,
    });
    await git(directory(path), ['update-ref', `refs/heads/${target}`, merged]);
    return merged;
  };

  const fixture: AccessFixture = {
    forge,
    nested: true,
    directory,
    dispose,
    async createRepository(path, files, { defaultBranch: branch = 'main', topics = [], archived = false } = {}) {
      mkdirSync(dirname(directory(path)), { recursive: true });
      await createBareRepository(directory(path), branch);
      if (Object.keys(files).length > 0) await commitFiles(directory(path), { branch, files, message: 'first' });
      for (const topic of topics) await git(directory(path), ['config', '--add', 'lockkeeper.topic', topic]);
      if (archived) await git(directory(path), ['config', 'lockkeeper.archived', 'true']);
    },
    async pushAsPerson(path, branch, files, message) {
      const parent = (await branchHead(directory(path), branch)) ?? (await branchHead(directory(path), await defaultBranch(path))) ?? null;
      return commitFiles(directory(path), { branch, files, message, parent });
    },
    amendAsPerson: (path, branch) => amend(directory(path), branch),
    closeAsPerson: async (path, id) =>
      write(path, id, { ...read(path, id), state: 'closed', closedAt: new Date().toISOString(), closedBy: 'ada' }),
    async mergeAsPerson(path, id) {
      const { sourceBranch, targetBranch } = read(path, id);
      await mergeBranch(path, sourceBranch, targetBranch);
    },
    openAsPerson: async (path, branch, title, draft) =>
      (await forge.propose(path, { branch, title: draft === true ? `Draft: ${title}` : title }, 'ada')).id,
    user: (name) => ({ id: name, name }),
    commentAsPerson: (path, id, text) => forge.say(path, id, 'ada', text),
    async editCommentAsPerson(path, id, comment, text) {
      const record = read(path, id);
      const updatedAt = new Date(Date.now() + 1).toISOString();
      write(path, id, { ...record, comments: record.comments.map((one, at) => (at + 1 === comment ? { ...one, text, updatedAt } : one)) });
    },
    approveAsPerson: async (path, id) =>
      forge.approve(path, id, 'ada', (await branchHead(directory(path), read(path, id).sourceBranch)) ?? ''),
    comments: async (path, id) => read(path, id).comments.map(({ text }) => text),
    identity,
    async pushBy(path, name, branch, files, how = 'on top') {
      const target = await branchHead(directory(path), await defaultBranch(path));
      const parent = (how === 'on top' ? await branchHead(directory(path), branch) : undefined) ?? target ?? null;
      return commitFiles(directory(path), { branch, files, message: `${name} pushes`, parent, author: identity(name) });
    },
    openBy: async (path, name, branch, target) =>
      (await forge.propose(path, { branch, title: branch, ...(target !== undefined && { target }) }, name)).id,
    commentBy: async (path, name, id, text) => forge.say(path, id, name, text),
    waysToMerge: ['merge commit', 'fast-forward'],
    async mergeBy(path, _, id, how) {
      const { sourceBranch, targetBranch } = read(path, id);
      if (how === 'merge commit') return void (await mergeBranch(path, sourceBranch, targetBranch));
      await git(directory(path), ['update-ref', `refs/heads/${targetBranch}`, (await branchHead(directory(path), sourceBranch)) ?? '']);
    },
    tag: async (path, name, revision) => void (await git(directory(path), ['tag', name, revision])),
    release: async (path, tag, title, text) =>
      void (await git(directory(path), ['tag', '-a', '-f', '-m', `${title}\n\n${text}`, tag, `${tag}^{commit}`], { env: personEnv })),
    countMergeRequests: async (path) => readdirSync(requests(path)).filter((name) => name.endsWith('.json')).length,
  };
  return { ...fixture, file, read, write, requests, mergeBranch };
}
