import { git, mergedTree } from '../git-repository.ts';
import { headOf } from './call.ts';
import type { Pull, Repository, User, World } from './world.ts';

/** What GitHub does when a branch got a new head. */
export function pushed(world: World, repository: Repository, branch: string, sha: string): void {
  repository.activities.push({ id: world.nextId(), ref: `refs/heads/${branch}`, after: sha, at: world.now() });
  for (const pull of openFrom(world, repository, branch)) {
    if (pull.sha === sha) continue;
    pull.sha = sha;
    pull.updatedAt = world.now();
  }
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
export async function deleteBranch(world: World, repository: Repository, branch: string, user: User): Promise<void> {
  await git(repository.directory, ['update-ref', '-d', `refs/heads/${branch}`]);
  for (const pull of openFrom(world, repository, branch)) close(world, pull, user);
}

export function close(world: World, pull: Pull, user: User): void {
  const at = world.now();
  Object.assign(pull, { state: 'closed', closedAt: at, closedBy: user, updatedAt: at });
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
