import { createHash } from 'node:crypto';
import { ConflictError, UsageError } from '../../domain/errors.ts';
import type { Forge, SourceCommit } from '../../domain/forge.ts';
import { rollbackBranchOf } from '../../domain/identifiers.ts';
import { packageKey, type Reference } from '../../domain/reference.ts';
import type { RolledBack } from '../../domain/rollback.ts';
import { instant } from '../../domain/time.ts';
import type { Proposal, Update } from '../../domain/update.ts';
import { readManifests } from '../../manifests/archive.ts';
import type { EnvironmentNow } from '../read-environment.ts';
import type { ScanPorts } from '../scan.ts';
import { heldBy, updateOf } from './choose.ts';
import { describeEnvironmentRollback } from './environment-text.ts';
import { rolledBack } from './held.ts';
import { markOf } from './make.ts';
import type { RollbackRequest } from './request.ts';
import { isMove, releaseOf } from './standing.ts';
import { changesTo, readTree } from './tree.ts';
import type { Made } from './write.ts';

const mostCommits = 200;

interface Scene {
  readonly ports: ScanPorts;
  readonly now: EnvironmentNow;
  readonly forge: Forge;
}

/** The manifests of an environment as they were at an earlier commit of its default branch. */
export async function environmentRollback({ ports, now, forge }: Scene, request: RollbackRequest): Promise<Made> {
  const { forge: name, path } = now.settings.repository;
  const { commit: head, defaultBranch } = now.state;
  const { commits } = await forge.line(path, head, [], mostCommits);
  const at = chooseCommit(commits, request);
  const to = commits[at];
  if (to === undefined) throw new UsageError(`${request.environment}: it has no commit to go back to`);
  const scope = `${name}:${path}`;
  const treeAt = async (commit: string) => readTree(readManifests(await forge.archive(path, commit), scope), scope);
  const [here, then] = [await treeAt(head), await treeAt(to.sha)];
  const changes = changesTo(then, here, scope);
  if (changes.files.length + changes.removed.length === 0)
    throw new UsageError(`--to ${to.sha}: the manifests of ${request.environment} are the same now as they were then`);
  const updates = movesBetween((await now.at(head)).references, (await now.at(to.sha)).references);
  if (request.to === undefined) refuseForward(updates, rolledBack(await forge.mergeRequests(path)), to);
  const proposal = proposalTo(to, head, request.environment, updates);
  const mark = markOf(updates, request);
  const undone = commits.slice(0, at);
  return {
    now,
    forge,
    proposal,
    mark,
    owner: undefined,
    describe: () =>
      Promise.resolve(describeEnvironmentRollback({ proposal, mark, to, undone, changes, defaultBranch }, forge.traits, ports.now)),
    changes: (base) =>
      base === head
        ? Promise.resolve(changes)
        : Promise.reject(
            new ConflictError(scope, `${scope}: the merge request is not for ${defaultBranch} any more: close it, and ask again`),
          ),
  };
}

/** What was there before a rollback is what that has left: nobody means it without naming it. */
function refuseForward(updates: readonly Update[], all: readonly RolledBack[], { sha }: SourceCommit): void {
  for (const update of updates) {
    const by = heldBy(update, all);
    if (by === undefined) continue;
    const what = `${update.reference.app} ${update.to.version}`;
    throw new UsageError(
      `what was there before would bring back ${what}, which was rolled back in ${by.url}: name the commit, --to ${sha} or another`,
    );
  }
}

/** Its place on the default branch, newest first; -1 where there is none to go back to. Throws UsageError for one that did not stand there. */
export function chooseCommit(
  line: readonly SourceCommit[],
  { to, deployed, failed, environment }: Pick<RollbackRequest, 'to' | 'deployed' | 'failed' | 'environment'>,
): number {
  if (to === undefined) {
    const good = deployed.map((sha) => line.findIndex((one) => one.sha === sha)).find((at) => at > 0);
    return good ?? line.findIndex(({ sha }, at) => at > 0 && !failed.includes(sha));
  }
  const found = line.flatMap(({ sha }, at) => (/^[0-9a-f]{7,64}$/.test(to) && sha.startsWith(to) ? [at] : []));
  const [at] = found;
  if (at === 0) throw new UsageError(`--to ${to}: ${environment} stands there already`);
  if (at !== undefined && found.length === 1) return at;
  const shown = line
    .slice(1, 11)
    .map(({ sha, date, message }) => `${sha.slice(0, 8)} (${instant(new Date(date))}, ${message.split('\n')[0]?.slice(0, 80)})`);
  throw new UsageError(`--to ${to}: no commit of ${environment}'s default branch; what stood there: ${shown.join(', ') || 'nothing else'}`);
}

/** Versions that move with it, wherever they stand; what cannot be told apart is in the diff alone. */
function movesBetween(now: readonly Reference[], then: readonly Reference[]): readonly Update[] {
  const before = Map.groupBy(then, nameOf);
  return [...Map.groupBy(now, nameOf)].flatMap(([name, alike]) => {
    const earlier = before.get(name) ?? [];
    const same = new Set(earlier.map((one) => JSON.stringify(releaseOf(one)))).size === 1;
    return alike.flatMap((reference, index) => {
      const one = earlier.length === alike.length ? earlier[index] : same ? earlier[0] : undefined;
      return one === undefined ? [] : [{ reference, to: releaseOf(one) }].filter(isMove).map(updateOf);
    });
  });
}

const nameOf = ({ app, package: of }: Reference): string => JSON.stringify([app, packageKey(of)]);

/** What is put back depends on what stands there now. */
function proposalTo({ sha }: SourceCommit, head: string, environment: string, updates: readonly Update[]): Proposal {
  const content = createHash('sha256').update(`environment ${sha} on ${head}`).digest('hex').slice(0, 16);
  return {
    environment,
    app: '',
    branch: rollbackBranchOf(undefined),
    title: `Roll back ${environment} to ${sha.slice(0, 8)}`,
    content,
    updates,
  };
}
