import { createHash } from 'node:crypto';
import type { Grant } from '../../domain/access.ts';
import type { ChangedPaths, GatedRequest, TreeEntry } from '../../domain/access-forge.ts';
import { instant } from '../../domain/time.ts';
import type { Evidence } from '../gate/evidence.ts';
import type { Judgement } from '../gate/gate.ts';
import { accessPath } from '../request/path.ts';

/** Why a file gives nothing. */
export interface Denial {
  /** A clause: `no merge request brought it …`. */
  readonly reason: string;
  /** The forge may not have written down yet what it did a moment ago. */
  readonly maybeYet: boolean;
}

/** A file of the default branch, and how git and the forge say that it came there. */
export interface Landing {
  /** At the head. */
  readonly file: TreeEntry;
  /** The commit of the branch's own line that brought it, and the file as it is there. */
  readonly commit: string;
  readonly brought: TreeEntry | undefined;
  /** What that commit changed. */
  readonly changed: ChangedPaths;
  /** Merge requests whose merge brought that commit. */
  readonly requests: readonly number[];
}

const no = (reason: string): Denial => ({ reason, maybeYet: false });
const notYet = (reason: string): Denial => ({ reason, maybeYet: true });

/** Whether a file under `access/` is one that asks for something: what lies beside those, as `.gitkeep` does, gives nothing and is nobody's business. */
export const asks = ({ path }: Pick<TreeEntry, 'path'>): boolean => /\.ya?ml$/i.test(path);

/** What is wrong with the file itself, whoever brought it. */
export function misshapen({ path, mode }: TreeEntry): Denial | undefined {
  if (accessPath(path) === undefined) return no('it lies where no request lies: access/NAMESPACE/NAME.yml, in lower case');
  return mode === '100644' ? undefined : no(`git has it with mode ${mode}; a request is a regular file, 100644`);
}

/** The merge request that brought the file, and nothing but the file. */
export function broughtBy({ file, commit, brought, changed, requests }: Landing): number | Denial {
  const name = commit.slice(0, 12);
  const others = changed.paths.filter(({ path, before }) => path !== file.path || before !== undefined);
  const [change] = changed.paths;
  if (others.length > 0 || !changed.complete) return no(`commit ${name} that brought it changed more than this file: ${listed(others)}`);
  if (change === undefined || (change.kind !== 'added' && change.kind !== 'changed'))
    return no(`commit ${name} changed it last, and neither added nor changed it`);
  if (brought === undefined || brought.id !== file.id || brought.mode !== file.mode)
    return no(`it is not as commit ${name} brought it: something rewrote it since`);
  const [request, ...more] = requests;
  if (request === undefined) return notYet(`no merge request brought it: commit ${name} came to the branch past them`);
  return more.length === 0
    ? request
    : no(`commit ${name} belongs to several merge requests (${requests.join(', ')}), so that nobody can say which was approved`);
}

const listed = (paths: ChangedPaths['paths']): string =>
  paths.length === 0
    ? 'there is more than can be read'
    : paths
        .slice(0, 3)
        .map(({ path, before }) => (before === undefined ? path : `${before} → ${path}`))
        .join(', ');

export type MergedRequest = GatedRequest & Required<Pick<GatedRequest, 'merged'>>;

/** Whether the merge request was merged, into that branch, from this repository. */
export function merged(request: GatedRequest, defaultBranch: string): MergedRequest | Denial {
  const { id, state, target, fork, merged: how } = request;
  if (fork) return no(`merge request ${id} came from a fork`);
  if (target !== defaultBranch) return no(`merge request ${id} went into ${target}`);
  if (state === 'closed') return no(`merge request ${id} was closed without being merged`);
  if (state !== 'merged' || how === undefined) return notYet(`merge request ${id} is not merged, as the forge says`);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(how.at) || Number.isNaN(Date.parse(how.at)))
    return notYet(`the forge does not say when merge request ${id} was merged`);
  return { ...request, merged: how };
}

/** The same merge can only ever make this one. */
export function grantId(repository: string, { id, commit }: Pick<GatedRequest, 'id' | 'commit'>, { path, id: blob }: TreeEntry): string {
  const text = JSON.stringify([repository, id, commit, path, blob]);
  return `g${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
}

interface Approved {
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly environment: string;
  readonly file: TreeEntry;
  /** As it was when its id was worked out. */
  readonly request: MergedRequest;
  readonly evidence: Evidence;
  /** After the merge. */
  readonly judgement: Judgement;
  readonly now: Date;
}

/** What was granted by the merge, or why nothing was. */
export function grantOf({ repository, environment, file, request, evidence, judgement, now }: Approved): Grant | Denial {
  const { reasons, request: asked, rules, approvedBy } = judgement;
  if (evidence.request.commit !== request.commit || evidence.request.id !== request.id)
    return notYet(`merge request ${request.id} changed while it was looked at`);
  if (judgement.kind !== 'request') return no(`merge request ${request.id} did not ask for access`);
  const approved = evidence.file;
  if (approved?.path !== file.path || approved.blob !== file.id || judgement.file?.path !== file.path || judgement.file.blob !== file.id)
    return no(`it is not what merge request ${request.id} asked for: the merge, or something after it, changed it`);
  if (approved.mode !== file.mode) return no(`merge request ${request.id} had it with mode ${approved.mode}`);
  if (reasons.length > 0) return no(`merge request ${request.id} does not pass the gate: ${reasons.join(' ').replace(/\.$/, '')}`);
  if (asked === undefined || rules === undefined) return no(`merge request ${request.id} asks for nothing that could be given`);
  if (approvedBy.length === 0 && !asked.breakGlass) return no(`nobody has approved merge request ${request.id}`);
  // A clock of ours that is behind makes it no longer.
  const from = Math.min(Date.parse(request.merged.at), now.getTime());
  return {
    id: grantId(repository, request, file),
    environment,
    repository,
    request: request.id,
    url: request.url,
    file: file.path,
    blob: file.id,
    namespace: asked.namespace,
    subject: asked.subject,
    level: asked.level,
    role: rules.role,
    reason: asked.reason,
    from: instant(new Date(from)),
    until: instant(new Date(from + asked.durationMs)),
    approvedBy: approvedBy.map(({ name }) => name),
    breakGlass: asked.breakGlass,
  };
}

export const isDenial = (of: object): of is Denial => 'maybeYet' in of;
