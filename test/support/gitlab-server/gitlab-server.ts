import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { disturbed, type Failure, Faults, type LoggedRequest } from '../faults.ts';
import { GitObjects } from '../git-objects.ts';
import { amend, commitFiles, createBareRepository, type Files, git, gitText, type Identity, mergedTree } from '../git-repository.ts';
import { keepFolder } from '../keep-folder.ts';
import { send } from './call.ts';
import { answer } from './conversation.ts';
import { readBody } from './exchange.ts';
import { isGit, serveGit } from './git-over-http.ts';
import { mergeRequest } from './merging.ts';
import { ada, bot, type GitLabOptions, type NewProject, type PersonsChange, toUser } from './options.ts';
import { branchDeleted, closeRequest, keepHeads, mergedByHand, pushed, retarget } from './pushes.ts';
import { forgetBranches } from './repositories.ts';
import { addApproval, removeApproval, withoutApprovedAt } from './reviews.ts';
import { addPipeline, type NewPipeline, shownJobs } from './statuses.ts';
import {
  headOf,
  nameOf,
  type Project,
  type StoredHook,
  type StoredLabel,
  type StoredRequest,
  type User,
  type WayToMerge,
  type World,
} from './world.ts';

/** A GitLab as strict as the real one, over real bare git repositories. Starts it on loopback. */
export async function startGitLab(options: GitLabOptions = {}): Promise<GitLabServer> {
  const server = new GitLabServer(options);
  await server.listen();
  for (const [path, files] of Object.entries(options.projects ?? {})) await server.createProject(path, files);
  return server;
}

type PipelineOptions = Partial<Pick<NewPipeline, 'source' | 'status'>>;

export class GitLabServer {
  readonly requests: LoggedRequest[] = [];
  /** Requests and replies that GitLab's description does not know: `close` throws them. */
  readonly violations: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'lockkeeper-gitlab-'));
  readonly #options: GitLabOptions;
  readonly #server: Server;
  readonly #world: World;
  readonly #faults: Faults;
  delayMs: number;

  constructor(options: GitLabOptions) {
    this.#options = options;
    this.delayMs = options.delayMs ?? 0;
    this.#faults = options.faults ?? new Faults();
    let [id, clock] = [100, 0];
    this.#world = {
      users: (options.users ?? [bot, ada]).map((user, index) => toUser(user, index + 1)),
      projects: [],
      groups: new Map(),
      url: '',
      signingCommitter: options.signingCommitter,
      quickActions: [],
      hooks: [],
      labels: [],
      premium: options.premium === true,
      hooksAreAnswered: true,
      pipelineEvents: [],
      now: () => {
        clock = Math.max(clock + 1, Date.now());
        return new Date(clock);
      },
      nextId: () => {
        id += 1;
        return id;
      },
    };
    const listener = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    this.#server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener);
  }

  async listen(): Promise<void> {
    await new Promise<void>((ready) => {
      this.#server.listen(0, '127.0.0.1', ready);
    });
    this.#world.url = this.#options.externalUrl ?? this.address;
  }

  /** Throws when anything was asked or answered that GitLab's description does not know. */
  async close(): Promise<void> {
    await new Promise((closed) => {
      this.#server.close(closed);
      this.#server.closeAllConnections();
    });
    await Promise.allSettled(this.#world.projects.flatMap(({ requests }) => requests.map(({ checking }) => checking ?? Promise.resolve())));
    rmSync(this.#folder, { recursive: true, force: true });
    // Whoever asks its routes beyond ours is a stranger, whose ways need not be ours.
    if (this.violations.length > 0 && this.#options.routes === undefined)
      throw new Error(`not as GitLab describes it:\n${this.violations.join('\n')}`);
  }

  /** Where it listens. */
  get address(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${this.#options.root ?? ''}`;
  }

  /** As a browser would show it: with the relative root, without `/api/v4`. */
  get url(): string {
    return this.#world.url;
  }

  /** The bot's. */
  get token(): string {
    return this.#user('').token;
  }

  /** What people see to beyond merge requests: `people.ts`. */
  get world(): World {
    return this.#world;
  }

  get hooks(): readonly StoredHook[] {
    return this.#world.hooks;
  }

  get labels(): readonly StoredLabel[] {
    return this.#world.labels;
  }

  /** Whether who is called by a webhook answers with 2xx. */
  set hooksAreAnswered(answered: boolean) {
    this.#world.hooksAreAnswered = answered;
  }

  /** GitLab has had enough of all webhooks that fail. */
  stopHooks(until?: string): void {
    for (const hook of this.#world.hooks)
      Object.assign(hook, { status: until === undefined ? 'disabled' : 'temporarily_disabled', disabledUntil: until });
  }

  /** Quick actions that a text posted through the API would have run. */
  get quickActions(): readonly string[] {
    return this.#world.quickActions;
  }

  /** The next request that fits, by its decoded path and query or by anything else, gets this instead of an answer. */
  fail(method: string, which: RegExp | ((request: LoggedRequest) => boolean), how: Failure = {}): void {
    const fits = typeof which === 'function' ? which : ({ path, query }: LoggedRequest) => which.test(`${path}?${query}`);
    this.#faults.plan((request) => request.method === method && fits(request), how);
  }

  /** A project with one commit of these files; without files its repository is empty. */
  async createProject(path: string, files: Files, options: NewProject = {}): Promise<void> {
    const { defaultBranch = 'main', topics = [], archived = false, protectedBranches = [defaultBranch] } = options;
    const { visibility = 'private', files: access = 'enabled' } = options;
    const id = this.#world.nextId();
    const directory = join(this.#folder, `${id}.git`);
    mkdirSync(this.#folder, { recursive: true });
    await createBareRepository(directory, defaultBranch);
    if (Object.keys(files).length > 0) await commitFiles(directory, { branch: defaultBranch, files, message: 'Begin', parent: null });
    const common = {
      id,
      path,
      directory,
      objects: new GitObjects(directory),
      defaultBranch,
      topics,
      archived,
      visibility,
      files: access,
      protectedBranches: [...protectedBranches],
      branchAccess: new Map(),
      approvalSettings: { byAuthors: true, byCommitters: true, resetOnPush: true },
      wayToMerge: 'merge commit' as const,
    };
    const now = this.#world.now();
    this.#world.projects.push({
      ...common,
      requests: [],
      pushes: [],
      issues: [],
      releases: [],
      parents: new Map(),
      createdAt: now,
      updatedAt: now,
    });
  }

  /** The bare repository behind the project; whoever changes it there must know that merge requests do not notice. */
  directory(path: string): string {
    return this.project(path).directory;
  }

  /** One commit on top of the branch, or of the default branch where there is no such branch; pushed by whoever its author's address belongs to, or Ada. */
  async push(path: string, branch: string, files: Files, text: string, author?: Identity): Promise<string> {
    const project = this.project(path);
    const parent = headOf(project, branch) ?? headOf(project, project.defaultBranch) ?? null;
    const sha = await commitFiles(project.directory, { branch, files, message: text, parent, ...(author === undefined ? {} : { author }) });
    const pusher = this.#world.users.find(({ email }) => email === author?.email)?.username ?? 'ada';
    await this.pushCommit(path, branch, sha, pusher);
    return sha;
  }

  /** The branch becomes a commit that the repository has already. */
  async pushCommit(path: string, branch: string, sha: string, username = 'ada'): Promise<void> {
    const project = this.project(path);
    await git(project.directory, ['update-ref', `refs/heads/${branch}`, sha]);
    await keepHeads(this.#world, project, branch);
    await mergedByHand(this.#world, project, branch, this.#user(username));
    pushed(this.#world, project, branch, sha, this.#user(username));
  }

  /** A person's copy of the project as it is now, in their own namespace. Gives its path. */
  async fork(path: string, username: string): Promise<string> {
    const copy = `${username}/${nameOf(path)}`;
    await this.createProject(copy, {});
    await git(this.directory(copy), ['fetch', '--quiet', this.directory(path), '+refs/heads/*:refs/heads/*']);
    return copy;
  }

  /** Its merge requests elsewhere stay. */
  deleteProject(path: string): void {
    this.#world.projects.splice(this.#world.projects.indexOf(this.project(path)), 1);
  }

  /** A person's merge request, into the default branch of the project or of another one. Gives its number there. */
  async openMergeRequest(path: string, branch: string, title: string, { into = path, username = 'ada' } = {}): Promise<number> {
    const { id: target, defaultBranch } = this.project(into);
    const body = { source_branch: branch, target_branch: defaultBranch, title, ...(into !== path && { target_project_id: target }) };
    const reply = await fetch(`${this.address}/api/v4/projects/${encodeURIComponent(path)}/merge_requests`, {
      method: 'POST',
      headers: { 'private-token': this.#user(username).token, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (reply.status !== 201) throw new Error(`opening a merge request: ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { iid: number }).iid;
  }

  /** The branch's last commit again, with another committer. */
  async amend(path: string, branch: string, committer?: Identity): Promise<string> {
    const project = this.project(path);
    const sha = await amend(project.directory, branch, committer);
    pushed(this.#world, project, branch, sha, this.#user('ada'));
    return sha;
  }

  async merge(path: string, iid: number, username = 'ada', how?: WayToMerge): Promise<void> {
    await mergeRequest(this.#world, this.mergeRequest(path, iid), this.#user(username), how);
  }

  closeMergeRequest(path: string, iid: number, username = 'ada'): void {
    closeRequest(this.#world, this.mergeRequest(path, iid), this.#user(username));
  }

  async deleteBranch(path: string, branch: string, username = 'ada'): Promise<void> {
    await git(this.directory(path), ['update-ref', '-d', `refs/heads/${branch}`]);
    branchDeleted(this.#world, this.project(path), branch, this.#user(username));
  }

  /** Gives its number. */
  comment(path: string, iid: number, body: string, username = 'ada'): number {
    const at = this.#world.now();
    const request = this.mergeRequest(path, iid);
    const id = this.#world.nextId();
    request.notes.push({ id, body, author: this.#user(username), system: false, createdAt: at, updatedAt: at });
    request.updatedAt = at;
    return id;
  }

  editComment(path: string, iid: number, comment: number, body: string): void {
    const note = this.mergeRequest(path, iid).notes.find(({ id }) => id === comment);
    Object.assign(note ?? {}, { body, updatedAt: this.#world.now() });
  }

  /** The number by which GitLab knows the user. */
  userId(username: string): number {
    return this.#user(username).id;
  }

  approve(path: string, iid: number, username = 'ada'): void {
    addApproval(this.#world, this.mergeRequest(path, iid), this.#user(username));
  }

  unapprove(path: string, iid: number, username = 'ada'): void {
    removeApproval(this.#world, this.mergeRequest(path, iid), this.#user(username));
  }

  /** From now on as an older version, which does not say when somebody approved. */
  forgetApprovalTimes(): void {
    withoutApprovedAt.add(this.#world);
  }

  /** A pipeline of one job, by a person; finished, if nothing else is said. */
  runPipeline(path: string, sha: string, ref: string, job: string, { source, status = 'success' }: PipelineOptions = {}): void {
    const isRequests = ref.startsWith('refs/merge-requests/');
    const of = {
      sha,
      ref,
      job,
      author: this.#user('ada'),
      source: source ?? (isRequests ? 'merge_request_event' : 'push'),
      status,
    } as const;
    addPipeline(this.#world, this.project(path), of);
  }

  /** The commit that joins the merge request's head and its target, as pipelines of merged results are run on. */
  async mergedResult(path: string, iid: number): Promise<string> {
    const { project, sha, targetBranch } = this.mergeRequest(path, iid);
    const target = headOf(project, targetBranch) ?? '';
    const tree = (await mergedTree(project.directory, target, sha)) ?? '';
    const env = { GIT_AUTHOR_NAME: 'x', GIT_AUTHOR_EMAIL: 'x@example.com', GIT_COMMITTER_NAME: 'x', GIT_COMMITTER_EMAIL: 'x@example.com' };
    const merged = await gitText(project.directory, ['commit-tree', tree, '-p', target, '-p', sha], { input: 'Merge\n', env });
    await git(project.directory, ['update-ref', `refs/merge-requests/${iid}/merge`, merged]);
    return merged;
  }

  /** Names of the jobs in the pipeline that the merge request shows. */
  shownPipeline(path: string, iid: number): Promise<readonly string[]> {
    return shownJobs(this.#world, this.mergeRequest(path, iid));
  }

  /** What webhooks of pipelines would have been told since the last call. */
  pipelineEvents(): readonly object[] {
    return this.#world.pipelineEvents.splice(0);
  }

  /** What people wrote and what the bot wrote, oldest first. */
  comments(path: string, iid: number): readonly string[] {
    return this.mergeRequest(path, iid).notes.flatMap(({ system, body }) => (system ? [] : [body]));
  }

  /** What a person changes on the merge request's page. */
  changeMergeRequest(path: string, iid: number, { title, target, labels, state }: PersonsChange): void {
    const request = this.mergeRequest(path, iid);
    retarget(this.#world, request, target ?? request.targetBranch);
    Object.assign(request, {
      ...(title !== undefined && { title }),
      ...(labels !== undefined && { labels: [...labels] }),
      ...(state !== undefined && { state: 'opened' }),
      updatedAt: this.#world.now(),
    });
  }

  async tag(path: string, name: string, revision: string): Promise<void> {
    await git(this.directory(path), ['update-ref', `refs/tags/${name}`, revision]);
  }

  release(path: string, tag: string, name: string, description: string): void {
    this.project(path).releases.push({ tag, name, description, releasedAt: this.#world.now() });
  }

  /** Gives what brings the project back to how it is now. */
  async keep(path: string): Promise<() => void> {
    const project = this.project(path);
    await Promise.all(project.requests.flatMap(({ checking }) => checking ?? []));
    const kept = project.requests.map(copyOf);
    const restore = keepFolder(project.directory);
    return () => {
      project.requests.splice(0, project.requests.length, ...kept.map(copyOf));
      restore();
      forgetBranches(project);
    };
  }

  project(path: string): Project {
    const found = this.#world.projects.find((project) => project.path === path);
    if (found === undefined) throw new Error(`no project ${path}`);
    return found;
  }

  mergeRequest(path: string, iid: number): StoredRequest {
    const found = this.project(path).requests.find((request) => request.iid === iid);
    if (found === undefined) throw new Error(`no merge request ${path}!${iid}`);
    return found;
  }

  #user(username: string): User {
    const found = this.#world.users.find((user) => user.username === username) ?? this.#world.users[0];
    if (found === undefined) throw new Error('a GitLab without users');
    return found;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const prefix = `${this.#options.root ?? ''}/api/v4`;
    const path = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : undefined;
    const logged = { method: request.method ?? '', path: decodeURIComponent(path ?? pathname), query: searchParams.toString(), status: 0 };
    this.requests.push(logged);
    response.once('finish', () => {
      logged.status = response.statusCode;
    });
    if (this.#options.git === true && isGit(pathname)) {
      if (this.delayMs > 0) await sleep(this.delayMs);
      return serveGit(this.#world, request, response);
    }
    const body = await readBody(request);
    if (this.delayMs > 0) await sleep(this.delayMs);
    await disturbed(this.#faults.take(logged), response, async () => {
      const { violations } = this;
      const { routes } = this.#options;
      const reply = await answer({ world: this.#world, violations, routes, path, query: searchParams, body, request, response });
      if (reply !== undefined) send({ request, response }, reply);
    });
  }
}

const copyOf = (of: StoredRequest): StoredRequest => ({
  ...of,
  labels: [...of.labels],
  versions: [...of.versions],
  notes: of.notes.map((note) => ({ ...note })),
});
