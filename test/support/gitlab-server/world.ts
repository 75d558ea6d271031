import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitObjects } from '../git-objects.ts';
import type { Identity } from '../git-repository.ts';

/** Access levels as GitLab numbers them: https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const levels = { guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const;
export type Level = keyof typeof levels;

export interface User {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string;
  readonly commitEmail: string;
  readonly token: string;
  readonly scopes: readonly string[];
  /** Role by project or group path; `''` is everywhere. */
  readonly roles: Readonly<Record<string, Level>>;
  state: 'active' | 'blocked';
  readonly admin: boolean;
  readonly external: boolean;
}

export type MergeStatus = 'unchecked' | 'checking' | 'can_be_merged' | 'cannot_be_merged' | 'cannot_be_merged_recheck';

export interface Note {
  readonly id: number;
  body: string;
  readonly author: User;
  readonly system: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Version {
  readonly id: number;
  readonly sha: string;
  /** Where the target stood. */
  readonly target: string;
  readonly createdAt: Date;
}

/** https://docs.gitlab.com/user/profile/contributions_calendar/#user-contribution-events */
export interface Push {
  readonly id: number;
  readonly user: User;
  readonly branch: string;
  readonly from: string | undefined;
  /** Undefined where many branches were pushed at once. */
  readonly to: string | undefined;
  readonly at: Date;
}

export interface StoredIssue {
  readonly id: number;
  readonly iid: number;
  readonly project: Project;
  readonly title: string;
  readonly notes: Note[];
  updatedAt: Date;
}

/** Premium's: https://docs.gitlab.com/api/merge_request_approvals/ */
export interface ApprovalSettings {
  readonly byAuthors: boolean;
  readonly byCommitters: boolean;
  readonly resetOnPush: boolean;
}

/** https://docs.gitlab.com/api/protected_branches/#valid-access-levels */
export const branchLevels = { nobody: 0, developer: 30, maintainer: 40 } as const;
export type BranchRole = keyof typeof branchLevels;
type BranchLevel = (typeof branchLevels)[BranchRole];

/** The lowest that may. */
export interface BranchAccess {
  readonly push: BranchLevel;
  readonly merge: BranchLevel;
}

export type WayToMerge = 'merge commit' | 'squash' | 'fast-forward';

export interface StoredRequest {
  readonly id: number;
  readonly iid: number;
  readonly project: Project;
  readonly sourceProject: Project;
  readonly sourceBranch: string;
  targetBranch: string;
  title: string;
  description: string;
  labels: string[];
  assignees: User[];
  reviewers: User[];
  readonly author: User;
  state: 'opened' | 'closed' | 'merged';
  readonly createdAt: Date;
  updatedAt: Date;
  mergedAt?: Date;
  mergedBy?: User;
  closedAt?: Date;
  closedBy?: User;
  sha: string;
  mergeCommitSha?: string;
  squashCommitSha?: string;
  readonly removeSourceBranch: boolean;
  readonly notes: Note[];
  /** Every head it has had, oldest first. */
  readonly versions: Version[];
  /** Of which heads (`source target`) the merge status is known. */
  checked: { readonly of: string; readonly status: 'can_be_merged' | 'cannot_be_merged' } | undefined;
  checking: Promise<void> | undefined;
}

export interface Release {
  readonly tag: string;
  readonly name: string;
  readonly description: string;
  readonly releasedAt: Date;
}

export interface Project {
  readonly id: number;
  readonly path: string;
  readonly directory: string;
  readonly objects: GitObjects;
  readonly defaultBranch: string;
  readonly topics: readonly string[];
  archived: boolean;
  readonly visibility: 'private' | 'internal' | 'public';
  /** Who may read its files, of those who may see it. */
  readonly files: 'enabled' | 'private' | 'disabled';
  /** Patterns of branches that only maintainers may push to, and nobody by force; `*` stands for anything. */
  readonly protectedBranches: string[];
  /** By pattern, where it is another than maintainers alone. */
  readonly branchAccess: Map<string, BranchAccess>;
  approvalSettings: ApprovalSettings;
  /** How a merge request comes to its target. */
  wayToMerge: WayToMerge;
  /** What its events tell, oldest first. */
  readonly pushes: Push[];
  readonly issues: StoredIssue[];
  readonly requests: StoredRequest[];
  readonly releases: Release[];
  /** Parent of commits made through the API: known without asking git. */
  readonly parents: Map<string, string>;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface StoredHook {
  readonly id: number;
  /** Path of a project or group. */
  readonly place: string;
  url: string;
  /** Events. */
  readonly on: Set<string>;
  verifiesTls: boolean;
  token?: string;
  signingToken?: string;
  status: 'executable' | 'temporarily_disabled' | 'disabled';
  disabledUntil?: string | undefined;
  readonly createdAt: Date;
}

export interface StoredLabel {
  /** Path of a project or group. */
  readonly place: string;
  readonly name: string;
  readonly color: string;
  readonly description: string;
}

export interface World {
  readonly hooks: StoredHook[];
  readonly labels: StoredLabel[];
  /** Members by the group's path, in lower case. */
  readonly groups: Map<string, readonly User[]>;
  /** It has what only a licence brings: webhooks of groups, settings of approvals, several reviewers. */
  readonly premium: boolean;
  /** Whoever a webhook calls answers with 2xx. */
  hooksAreAnswered: boolean;
  readonly users: User[];
  readonly projects: Project[];
  /** `http://127.0.0.1:port`, with the relative root where there is one. */
  url: string;
  /** Committer of commits made through the API, where this GitLab signs them. */
  readonly signingCommitter: Identity | undefined;
  /** Quick actions that a text posted through the API would have run. */
  readonly quickActions: string[];
  /** What a webhook of pipelines would have been told. */
  readonly pipelineEvents: object[];
  /** Now; never the same twice, so that orders are certain. */
  readonly now: () => Date;
  readonly nextId: () => number;
}

export const groupOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The user's role in the project or group: the highest of it and its parents. */
export function levelIn(user: User, path: string): number {
  const parts = path.split('/');
  const places = ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
  return Math.max(0, ...places.map((place) => (user.roles[place] === undefined ? 0 : levels[user.roles[place]])));
}

const protecting = (project: Project, branch: string): readonly string[] =>
  project.protectedBranches.filter((pattern) => {
    const [start = '', ...rest] = pattern.split('*');
    return rest.length === 0 ? branch === pattern : branch.startsWith(start) && branch.endsWith(rest.at(-1) ?? '');
  });

export const isProtected = (project: Project, branch: string): boolean => protecting(project, branch).length > 0;

export const accessOf = (project: Project, pattern: string): BranchAccess =>
  project.branchAccess.get(pattern) ?? { push: levels.maintainer, merge: levels.maintainer };

/** Where several patterns fit a branch, the most generous one counts. */
function may(user: User, project: Project, branch: string, what: keyof BranchAccess): boolean {
  const patterns = protecting(project, branch);
  const needed = patterns.map((pattern) => accessOf(project, pattern)[what]).filter((level) => level > 0);
  const lowest = patterns.length === 0 ? levels.developer : Math.min(...needed);
  return !project.archived && levelIn(user, project.path) >= lowest;
}

export const mayPush = (user: User, project: Project, branch: string): boolean => may(user, project, branch, 'push');
export const mayMerge = (user: User, project: Project, branch: string): boolean =>
  may(user, project, branch, 'merge') || mayPush(user, project, branch);

/** Reads a ref from the repository's files; git itself would cost a process for each. */
export function headOf(project: Pick<Project, 'directory'>, branch: string): string | undefined {
  try {
    return readFileSync(join(project.directory, 'refs/heads', branch), 'utf8').trim();
  } catch {
    return packedHead(project, branch);
  }
}

function packedHead(project: Pick<Project, 'directory'>, branch: string): string | undefined {
  try {
    const packed = readFileSync(join(project.directory, 'packed-refs'), 'utf8');
    return packed
      .split('\n')
      .find((line) => line.endsWith(` refs/heads/${branch}`))
      ?.split(' ')[0];
  } catch {
    return undefined;
  }
}

const actions =
  /^\s*\/(close|reopen|merge|approve|assign|assign_reviewer|label|unlabel|title|target_branch|rebase|draft|lock|milestone)\b.*$/gm;

/** GitLab runs quick actions in descriptions and comments that come through the API too. */
export function noteQuickActions(world: World, text: string): void {
  const outside = text.replaceAll(/```[\s\S]*?(```|$)/g, '');
  world.quickActions.push(...[...outside.matchAll(actions)].map(([line]) => line.trim()));
}
