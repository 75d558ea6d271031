import type { GitLabServer } from './gitlab-server.ts';
import { type ApprovalSettings, type BranchRole, branchLevels, type Note, type StoredIssue, type User, type WayToMerge } from './world.ts';

/** What people set up in the stand-in, and what they write on its issues. */
export class People {
  readonly #server: GitLabServer;

  constructor(server: GitLabServer) {
    this.#server = server;
  }

  user(username: string): User {
    const found = this.#server.world.users.find((one) => one.username === username);
    if (found === undefined) throw new Error(`no user ${username}`);
    return found;
  }

  /** From now on who may push and merge there: the lowest role that may, or nobody. */
  protect(path: string, pattern: string, { push, merge }: Readonly<Record<'push' | 'merge', BranchRole>>): void {
    const project = this.#server.project(path);
    if (!project.protectedBranches.includes(pattern)) project.protectedBranches.push(pattern);
    project.branchAccess.set(pattern, { push: branchLevels[push], merge: branchLevels[merge] });
  }

  unprotect(path: string): void {
    this.#server.project(path).protectedBranches.splice(0);
  }

  approvals(path: string, settings: ApprovalSettings): void {
    this.#server.project(path).approvalSettings = settings;
  }

  mergeBy(path: string, way: WayToMerge): void {
    this.#server.project(path).wayToMerge = way;
  }

  block(username: string): void {
    this.user(username).state = 'blocked';
  }

  group(path: string, usernames: readonly string[]): void {
    const members = usernames.map((name) => this.user(name));
    this.#server.world.groups.set(path.toLowerCase(), members);
  }

  leave(path: string, username: string): void {
    const { groups } = this.#server.world;
    const members = groups.get(path.toLowerCase()) ?? [];
    groups.set(
      path.toLowerCase(),
      members.filter((one) => one.username !== username),
    );
  }

  reviewers(path: string, iid: number): readonly string[] {
    return this.#server.mergeRequest(path, iid).reviewers.map(({ username }) => username);
  }

  /** The last push was one of many branches, of which no event names the commits. */
  pushedWithMany(path: string): void {
    const [push] = this.#server.project(path).pushes.splice(-1);
    if (push !== undefined) this.#server.project(path).pushes.push({ ...push, to: undefined });
  }

  /** What GitLab's workers have not done yet: the newest head is no version. */
  beforeNewestVersion(path: string, iid: number): void {
    this.#server.mergeRequest(path, iid).versions.pop();
  }

  /** Gives its number. */
  openIssue(path: string, title: string): number {
    const project = this.#server.project(path);
    const { world } = this.#server;
    const iid = project.issues.length + 1;
    project.issues.push({ id: world.nextId(), iid, project, title, notes: [], updatedAt: world.now() });
    return iid;
  }

  issue(path: string, iid: number): StoredIssue {
    const found = this.#server.project(path).issues.find((issue) => issue.iid === iid);
    if (found === undefined) throw new Error(`no issue ${path}#${iid}`);
    return found;
  }

  /** Gives its number. */
  commentOnIssue(path: string, iid: number, body: string, username: string): number {
    const { world } = this.#server;
    const at = world.now();
    const note: Note = { id: world.nextId(), body, author: this.user(username), system: false, createdAt: at, updatedAt: at };
    this.issue(path, iid).notes.push(note);
    return note.id;
  }
}
