import type { ProjectLevelMergeRequestApprovalSchema, ProtectedBranchSchema } from '@gitbeaker/rest';
import type { Protection } from '../../../domain/access-forge.ts';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { GitLabApi } from './api.ts';

const mostPages = 10;

/** https://docs.gitlab.com/api/protected_branches/#valid-access-levels */
const levels = { nobody: 0, developer: 30, maintainer: 40, administrator: 60 };

interface Access {
  /** Null for one user, group or key. */
  readonly access_level: number | null;
  readonly access_level_description?: string;
}

/** The lowest role that may, and those who are named. */
interface Allowed {
  readonly role: number;
  readonly named: readonly string[];
}

const where = 'Settings › Repository › Protected branches';
const settings = 'Settings › Merge requests › Merge request approvals';

/** What GitLab does about our rules by itself. */
export class AccessProtections {
  readonly #api: GitLabApi;

  constructor(api: GitLabApi) {
    this.#api = api;
  }

  async of(path: string, branch: string): Promise<readonly Protection[]> {
    const [rules, approvals] = [await this.#rules(path, branch), await this.#approvals(path)];
    return [...branchProtections(rules, branch), ...approvalProtections(approvals)];
  }

  /** Those that fit the branch; undefined where the token may not see them. */
  async #rules(path: string, branch: string): Promise<readonly ProtectedBranchSchema[] | undefined> {
    const doing = 'listing the protected branches of';
    const listed = await this.#unless([403], () =>
      this.#api.ask(doing, path, ({ protectedBranches }) =>
        this.#api.list<ProtectedBranchSchema>((paging) => protectedBranches.all(path, paging), { maxPages: mostPages }),
      ),
    );
    if (listed?.complete === false)
      throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
    return listed?.items.filter(({ name }) => fits(name, branch));
  }

  /** A GitLab without a licence says 403 or 404. */
  #approvals(path: string): Promise<ProjectLevelMergeRequestApprovalSchema | undefined> {
    return this.#unless([403, 404], () =>
      this.#api.ask('looking at the approval settings of', path, ({ approvals }) => approvals.showConfiguration(path)),
    ) as Promise<ProjectLevelMergeRequestApprovalSchema | undefined>;
  }

  async #unless<T>(statuses: readonly number[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RefusedError && statuses.includes(error.status ?? 0)) return undefined;
      throw error;
    }
  }
}

/** Where several rules fit a branch, the most generous one counts: https://docs.gitlab.com/user/project/repository/branches/protected/ */
function branchProtections(rules: readonly ProtectedBranchSchema[] | undefined, branch: string): readonly Protection[] {
  if (rules === undefined || rules.length === 0) {
    const detail =
      rules === undefined
        ? `the token may not see who may push to ${branch}; give its user the role Maintainer to have it checked`
        : `anybody with the role Developer may push to ${branch} and merge into it; protect it (${where})`;
    return [
      { rule: 'push', enforced: false, detail },
      { rule: 'who-merges', enforced: false, detail },
    ];
  }
  const push = allowed(rules.map((rule) => rule.push_access_levels as readonly Access[] | undefined));
  const merge = allowed(rules.map((rule) => rule.merge_access_levels as readonly Access[] | undefined));
  const isClosed = push.role === levels.nobody && push.named.length === 0;
  return [
    {
      rule: 'push',
      enforced: isClosed,
      detail: isClosed
        ? `nobody may push to ${branch}`
        : `${whoIs(push)} may push to ${branch}; allow "No one" to push and merge (${where})`,
    },
    {
      rule: 'who-merges',
      enforced: merge.role !== levels.developer,
      detail: `${whoIs(merge)} may merge into ${branch}${merge.role === levels.developer ? `; allow fewer to merge (${where})` : ''}`,
    },
  ];
}

function allowed(lists: readonly (readonly Access[] | undefined)[]): Allowed {
  const all = lists.flatMap((list) => list ?? []);
  const roles = all.flatMap(({ access_level: level }) => (level === null || level === levels.nobody ? [] : [level]));
  const named = all.flatMap(({ access_level: level, access_level_description: name }) => (level === null ? [name ?? 'somebody'] : []));
  return { role: roles.length === 0 ? levels.nobody : Math.min(...roles), named };
}

function whoIs({ role, named }: Allowed): string {
  const roles: Readonly<Record<number, string>> = {
    [levels.developer]: 'anybody with the role Developer',
    [levels.maintainer]: 'anybody with the role Maintainer',
    [levels.administrator]: 'administrators',
  };
  const all = [...(role === levels.nobody ? [] : [roles[role] ?? `anybody with the access level ${role}`]), ...named];
  return all.length === 0 ? 'nobody' : all.join(', ');
}

function approvalProtections(approvals: ProjectLevelMergeRequestApprovalSchema | undefined): readonly Protection[] {
  if (approvals === undefined) {
    const detail = 'this GitLab has no approval settings (they come with Premium), or does not show them to the token';
    return [
      { rule: 'self-approval', enforced: false, detail },
      { rule: 'reset-on-push', enforced: false, detail },
    ];
  }
  const authors = approvals.merge_requests_author_approval === false;
  const committers = approvals.merge_requests_disable_committers_approval === true;
  const resets = approvals.reset_approvals_on_push === true;
  const own = authors
    ? 'whoever added commits may approve; choose "Prevent approvals by users who add commits"'
    : 'authors may approve their own; choose "Prevent approval by merge request creator"';
  return [
    {
      rule: 'self-approval',
      enforced: authors && committers,
      detail: authors && committers ? 'neither authors nor committers may approve' : `${own} (${settings})`,
    },
    {
      rule: 'reset-on-push',
      enforced: resets,
      detail: resets
        ? 'a push takes all approvals away'
        : `approvals outlive a push; choose "Remove all approvals" when a commit is added (${settings})`,
    },
  ];
}

/** `*` stands for anything: https://docs.gitlab.com/user/project/repository/branches/protected/#use-wildcard-rules */
function fits(pattern: string, branch: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return branch === pattern;
  if (!branch.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = branch.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return branch.length - last.length >= at && branch.endsWith(last);
}
