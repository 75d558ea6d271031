import { git, gitText, mergedTree } from '../git-repository.ts';
import { headOf } from './call.ts';
import type { Activity, Pull, Repository, User, World } from './world.ts';

/** A branch that got a new head. */
export interface Push {
  readonly branch: string;
  /** Undefined where there was no such branch. */
  readonly before: string | undefined;
  readonly after: string;
  /** Null for somebody whose account is gone. */
  readonly by: User | null;
}

const none = '0'.repeat(40);

/** What GitHub does when a branch got a new head. */
export async function pushed(world: World, repository: Repository, push: Push, type?: Activity['type']): Promise<void> {
  const { branch, before, after, by } = push;
  const forced = before !== undefined && !(await isAncestor(repository, before, after));
  const found = type ?? (before === undefined ? 'branch_creation' : forced ? 'force_push' : 'push');
  const at = world.now();
  repository.activities.push({ id: world.nextId(), ref: `refs/heads/${branch}`, before: before ?? none, after, at, type: found, by });
  for (const pull of openFrom(world, repository, branch)) {
    if (pull.sha === after) continue;
    if (forced && by !== null) pull.forced.push({ id: world.nextId(), by, after, at });
    pull.sha = after;
    pull.updatedAt = world.now();
  }
  if (before !== undefined) await endContained(world, repository, push, before);
}

async function isAncestor(repository: Repository, one: string, other: string): Promise<boolean> {
  return git(repository.directory, ['merge-base', '--is-ancestor', one, other]).then(
    () => true,
    () => false,
  );
}

/** A pull request whose head somebody pushed to its target is merged. https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges */
async function endContained(world: World, repository: Repository, { branch, after, by }: Push, before: string): Promise<void> {
  const into = repository.pulls.filter(({ state, base }) => state === 'open' && base === branch);
  if (into.length === 0) return;
  const brought = (await gitText(repository.directory, ['rev-list', `${before}..${after}`])).split('\n');
  for (const pull of into) if (brought.includes(pull.sha)) end(world, pull, by, { before, commit: after, brought });
}

/** It is merged from now on. */
export function end(
  world: World,
  pull: Pull,
  by: User | null,
  { before, commit, brought }: { readonly before: string; readonly commit: string; readonly brought: readonly string[] },
): void {
  const at = world.now();
  const merged = { state: 'closed', closedAt: at, mergedAt: at, mergeCommit: commit, brought, baseSha: before, updatedAt: at };
  Object.assign(pull, merged, by === null ? {} : { closedBy: by });
}

/** The commits of a fork's pull request are there under `refs/pull`. */
export async function keepHead({ repository, headRepository, head, number }: Pull): Promise<void> {
  if (headRepository === repository) return;
  const from = `+refs/heads/${head}:refs/pull/${number}/head`;
  await git(repository.directory, ['fetch', '--quiet', '--no-tags', headRepository.directory, from]);
}

export async function keepHeads(world: World, repository: Repository, branch: string): Promise<void> {
  for (const pull of openFrom(world, repository, branch)) await keepHead(pull);
}

/** A pull request whose branch is deleted is closed. */
export async function deleteBranch(world: World, repository: Repository, branch: string, by: User): Promise<void> {
  const before = (await headOf(repository, branch)) ?? none;
  await git(repository.directory, ['update-ref', '-d', `refs/heads/${branch}`]);
  const activity = { before, after: none, at: world.now(), type: 'branch_deletion', by } as const;
  repository.activities.push({ id: world.nextId(), ref: `refs/heads/${branch}`, ...activity });
  for (const pull of openFrom(world, repository, branch)) close(world, pull, by);
}
export function close(world: World, pull: Pull, user: User): void {
  const at = world.now();
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: user, updatedAt: at });
}

/** Somebody makes it go into another branch. */
export function retarget(world: World, pull: Pull, base: string, by: User): void {
  if (base === pull.base) return;
  pull.retargets.push({ id: world.nextId(), by, at: world.now() });
  pull.base = base;
}

/** The pull request has these labels from now on; what changes is an event of it. */
export function relabel(world: World, pull: Pull, labels: readonly string[], by: User): void {
  const changes = [
    ...labels.filter((name) => !pull.labels.includes(name)).map((label) => ({ event: 'labeled', label }) as const),
    ...pull.labels.filter((name) => !labels.includes(name)).map((label) => ({ event: 'unlabeled', label }) as const),
  ];
  if (changes.length === 0) return;
  const at = world.now();
  pull.events.push(...changes.map((change) => ({ ...change, id: world.nextId(), by, at })));
  pull.labels = [...labels];
  pull.updatedAt = at;
}

const openFrom = (world: World, repository: Repository, branch: string): readonly Pull[] =>
  world.repositories.flatMap(({ pulls }) =>
    pulls.filter((pull) => pull.state === 'open' && pull.headRepository === repository && pull.head === branch),
  );

/** null while GitHub works it out, which it begins when it is asked. */
export async function mergeability(pull: Pull): Promise<boolean | null> {
  if (pull.state === 'closed') return null;
  await pull.checking;
  const target = await headOf(pull.repository, pull.base);
  const of = `${pull.sha} ${target}`;
  if (pull.checked?.of === of) return pull.checked.mergeable;
  pull.checking = workOut(pull, target, of);
  return null;
}

async function workOut(pull: Pull, target: string | undefined, of: string): Promise<void> {
  const tree = target === undefined ? undefined : await mergedTree(pull.repository.directory, target, pull.sha);
  pull.checked = { of, mergeable: tree !== undefined };
}
