import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { disturbed, type Failure, Faults, type LoggedRequest } from '../faults.ts';
import { GitObjects } from '../git-objects.ts';
import { amend, commitFiles, createBareRepository, type Files, git, type Identity } from '../git-repository.ts';
import { readBody } from '../gitlab-server/exchange.ts';
import type { PersonsChange } from '../gitlab-server/options.ts';
import { keepFolder } from '../keep-folder.ts';
import { headOf } from './call.ts';
import { sendArchive } from './codeload.ts';
import { answer } from './conversation.ts';
import { attempt } from './hooks.ts';
import { type MergeMethod, merge } from './merging.ts';
import { OAuth } from './oauth.ts';
import { ada, bot, type GitHubOptions, type NewRepository, toUser } from './options.ts';
import { close, deleteBranch, keepHeads, pushed, relabel, retarget } from './pushes.ts';
import {
  type App,
  type Issue,
  type ManifestApp,
  type Pull,
  pathOf,
  type Repository,
  type Review,
  type StoredHook,
  type User,
  type World,
} from './world.ts';

/** A GitHub that answers as its official description says, over real bare git repositories. Starts it on loopback. */
export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubServer> {
  const server = new GitHubServer(options);
  await server.listen();
  for (const [path, files] of Object.entries(options.repositories ?? {})) await server.createRepository(path, files);
  return server;
}

const listen = (server: Server): Promise<string> =>
  new Promise((ready) => {
    server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

const stop = (server: Server): Promise<unknown> =>
  new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });

interface NewPull {
  readonly login?: string;
  readonly draft?: boolean;
  /** Default: the default branch. */
  readonly target?: string;
}

interface NewPush {
  readonly files: Files;
  readonly text: string;
  readonly parent?: string | null;
  readonly author?: Identity;
  readonly committer?: Identity;
}

export class GitHubServer {
  readonly requests: LoggedRequest[] = [];
  /** Requests and replies that GitHub's description does not know: `close` throws them. */
  readonly violations: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'lockkeeper-github-'));
  readonly #server: Server;
  readonly #codeload: Server;
  readonly #world: World;
  /** Where people log in to other places. */
  readonly oauth: OAuth;
  readonly #dotCom: boolean;
  readonly #faults: Faults;
  /** Where the API is reached. */
  origin = '';
  delayMs: number;

  constructor(options: GitHubOptions) {
    this.delayMs = options.delayMs ?? 0;
    this.#faults = options.faults ?? new Faults();
    this.#dotCom = options.dotCom === true;
    let [id, clock] = [100, 0];
    this.#world = {
      users: (options.users ?? [bot, ada]).map((user, index) => toUser(user, index + 1)),
      oauthTokens: new Map(),
      suspended: new Set(),
      teams: [],
      repositories: [],
      hooks: [],
      hookStatus: 200,
      manifests: new Map(),
      app: toApp(options.app),
      url: '',
      api: '',
      codeload: '',
      now: () => {
        clock = Math.max(clock + (options.stepMs ?? 1), Date.now());
        return new Date(clock);
      },
      nextId: () => {
        id += 1;
        return id;
      },
    };
    this.oauth = new OAuth(this.#world, this.#world.oauthTokens);
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#codeload = createServer((request, response) => void this.#sendArchive(request, response));
  }

  async listen(): Promise<void> {
    this.origin = await listen(this.#server);
    this.#world.codeload = await listen(this.#codeload);
    this.#world.url = this.#dotCom ? 'https://github.com' : this.origin;
    this.#world.api = this.#dotCom ? 'https://api.github.com' : `${this.origin}/api/v3`;
  }

  /** Throws when anything was asked or answered that GitHub's description does not know. */
  async close(): Promise<void> {
    await Promise.all([stop(this.#server), stop(this.#codeload)]);
    await Promise.allSettled(this.#world.repositories.flatMap(({ pulls }) => pulls.map(({ checking }) => checking ?? Promise.resolve())));
    rmSync(this.#folder, { recursive: true, force: true });
    if (this.violations.length > 0) throw new Error(`not as GitHub describes it:\n${this.violations.join('\n')}`);
  }

  get hooks(): readonly StoredHook[] {
    return this.#world.hooks;
  }

  /** The App's. */
  get appHook(): StoredHook {
    if (this.#world.app === undefined) throw new Error('a GitHub without an App');
    return this.#world.app.hook;
  }

  /** What who is called by webhooks answers. */
  set hookStatus(status: number) {
    this.#world.hookStatus = status;
  }

  /** Something happened, and the webhook delivered it. Gives the delivery's id. */
  deliver(hook: StoredHook): string {
    const made = attempt(this.#world, undefined, this.#world.hookStatus);
    hook.attempts.push(made);
    return made.guid;
  }

  /** Somebody made an App from a manifest, and is sent back with this code. */
  makeApp(code: string, app: ManifestApp): void {
    this.#world.manifests.set(code, app);
  }

  /** As a browser would show it. */
  get url(): string {
    return this.#world.url;
  }

  /** The bot's. */
  get token(): string {
    return this.#user(bot.login).token;
  }

  /** The next request that fits, by its decoded path and query or by anything else, gets this instead of an answer. */
  fail(method: string, which: RegExp | ((request: LoggedRequest) => boolean), how: Failure = {}): void {
    const fits = typeof which === 'function' ? which : ({ path, query }: LoggedRequest) => which.test(`${path}?${query}`);
    this.#faults.plan((request) => request.method === method && fits(request), how);
  }

  /** A repository with one commit of these files; without files it is empty. */
  async createRepository(path: string, files: Files, options: NewRepository = {}): Promise<void> {
    const { defaultBranch = 'main', topics = [], archived = false } = options;
    const [owner = '', name = ''] = path.split('/');
    const id = this.#world.nextId();
    const directory = join(this.#folder, `${id}.git`);
    mkdirSync(this.#folder, { recursive: true });
    await createBareRepository(directory, defaultBranch);
    if (Object.keys(files).length > 0) await commitFiles(directory, { branch: defaultBranch, files, message: 'Begin', parent: null });
    const known = { id, owner, name, directory, objects: new GitObjects(directory), defaultBranch, topics, archived };
    this.#world.repositories.push({
      ...known,
      protectedPrefixes: [],
      pulls: [],
      releases: [],
      labels: [],
      statuses: [],
      checkRuns: [],
      activities: [],
      issues: [],
      forbiddenMerges: [],
      rules: [],
      protection: undefined,
    });
  }

  /** The bare repository behind the path; whoever changes it there must know that pull requests do not notice. */
  directory(path: string): string {
    return this.repository(path).directory;
  }

  /** One commit on top of the branch, or of the default branch where there is no such branch; pushed by whose email its author has, or else by Ada. */
  push(path: string, branch: string, files: Files, text: string, author?: Identity): Promise<string> {
    const by = this.#world.users.find(({ email }) => email === author?.email)?.login ?? ada.login;
    return this.pushAs(path, by, branch, { files, text, ...(author !== undefined && { author }) });
  }

  /** The same by somebody who says so, on top of another commit perhaps, or of none (null); who does not say who they are, pushed with an account that is gone. */
  async pushAs(
    path: string,
    login: string | undefined,
    branch: string,
    { files, text, parent: given, author, committer }: NewPush,
  ): Promise<string> {
    const repository = this.repository(path);
    const before = await headOf(repository, branch);
    const parent = given === undefined ? (before ?? (await headOf(repository, repository.defaultBranch)) ?? null) : given;
    const who = { ...(author !== undefined && { author }), ...(committer !== undefined && { committer }) };
    const after = await commitFiles(repository.directory, { branch, files, message: text, parent, ...who });
    await keepHeads(this.#world, repository, branch);
    await pushed(this.#world, repository, { branch, before, after, by: login === undefined ? null : this.#user(login) });
    return after;
  }

  /** The same, instead of all that stands on the branch and not on the default branch. */
  async replaceAs(path: string, login: string, branch: string, push: NewPush): Promise<string> {
    return this.pushAs(path, login, branch, {
      ...push,
      parent: (await headOf(this.repository(path), this.repository(path).defaultBranch)) ?? null,
    });
  }

  /** As whom somebody commits. */
  identity(login: string): Identity {
    const { name, email } = this.#user(login);
    return { name, email };
  }

  /** Somebody makes the branch point to a commit that is there already. */
  async moveBranch(path: string, login: string, branch: string, after: string): Promise<void> {
    const repository = this.repository(path);
    const before = await headOf(repository, branch);
    await git(repository.directory, ['update-ref', `refs/heads/${branch}`, after]);
    await pushed(this.#world, repository, { branch, before, after, by: this.#user(login) });
  }

  /** A person's copy of the repository as it is now. Gives its path. */
  async fork(path: string, login: string): Promise<string> {
    const copy = `${login}/${this.repository(path).name}`;
    await this.createRepository(copy, {});
    await git(this.directory(copy), ['fetch', '--quiet', this.directory(path), '+refs/heads/*:refs/heads/*']);
    return copy;
  }

  /** A person's pull request into the default branch; `head` is a branch, or `owner:branch`. Gives its number. */
  async openPull(path: string, head: string, title: string, { login = ada.login, draft = false, target }: NewPull = {}): Promise<number> {
    const base = target ?? this.repository(path).defaultBranch;
    const reply = await fetch(`${this.origin}${this.#dotCom ? '' : '/api/v3'}/repos/${path}/pulls`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#user(login).token}`, 'x-github-api-version': '2022-11-28' },
      body: JSON.stringify({ head, base, title, draft }),
    });
    if (reply.status !== 201) throw new Error(`opening a pull request: ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { number: number }).number;
  }

  /** The branch's last commit again, with another committer. */
  async amend(path: string, branch: string, committer?: Identity): Promise<string> {
    const repository = this.repository(path);
    const before = await headOf(repository, branch);
    const after = await amend(repository.directory, branch, committer);
    await pushed(this.#world, repository, { branch, before, after, by: this.#user(ada.login) });
    return after;
  }

  deleteBranch(path: string, branch: string, login: string = ada.login): Promise<void> {
    return deleteBranch(this.#world, this.repository(path), branch, this.#user(login));
  }

  async merge(path: string, number: number, login: string = ada.login, method?: MergeMethod): Promise<void> {
    await merge(this.#world, this.pull(path, number), this.#user(login), method);
  }

  closePull(path: string, number: number): void {
    close(this.#world, this.pull(path, number), this.#user(ada.login));
  }

  /** Gives its number. */
  comment(path: string, number: number, body: string, login: string = ada.login): number {
    const at = this.#world.now();
    const thread = this.#thread(path, number);
    const id = this.#world.nextId();
    thread.comments.push({ id, body, author: this.#user(login), createdAt: at, updatedAt: at });
    thread.updatedAt = at;
    return id;
  }

  /** Gives its number. */
  openIssue(path: string, title: string, login: string = ada.login): number {
    const { pulls, issues } = this.repository(path);
    const [number, at] = [pulls.length + issues.length + 1, this.#world.now()];
    issues.push({ number, title, author: this.#user(login), createdAt: at, updatedAt: at, comments: [] });
    return number;
  }

  /** Texts of all comments, oldest first. */
  comments(path: string, number: number): readonly string[] {
    return this.#thread(path, number).comments.map(({ body }) => body);
  }

  #thread(path: string, number: number): Pull | Issue {
    const { pulls, issues } = this.repository(path);
    const found = [...pulls, ...issues].find((one) => one.number === number);
    if (found === undefined) throw new Error(`no issue ${path}#${number}`);
    return found;
  }

  /** Nobody signs in with the account any more. */
  suspend(login: string): void {
    this.#world.suspended.add(login);
  }

  /** `ORGANISATION/SLUG` with these people in it from now on. */
  team(of: string, logins: readonly string[]): void {
    const members = logins.map((login) => this.#user(login));
    const known = this.#world.teams.find((one) => one.path === of);
    if (known === undefined) this.#world.teams.push({ path: of, members });
    else known.members.splice(0, known.members.length, ...members);
  }

  /** Some seconds later: GitHub tells whole ones. */
  editComment(path: string, number: number, comment: number, body: string): void {
    const found = this.#thread(path, number).comments.find(({ id }) => id === comment);
    Object.assign(found ?? {}, { body, updatedAt: new Date(this.#world.now().getTime() + 5_000) });
  }

  /** The number by which GitHub knows the user. */
  userId(login: string): number {
    return this.#user(login).id;
  }

  /** A person's, for the head as it is now where no other commit is named. */
  review(path: string, number: number, state: Review['state'], login: string = ada.login, commit?: string): void {
    const pull = this.pull(path, number);
    const author = this.#user(login);
    pull.reviews.push({ id: this.#world.nextId(), author, state, commit: commit ?? pull.sha, at: this.#world.now() });
    pull.requested = pull.requested.filter((user) => user !== author);
  }

  /** Somebody takes the last word of theirs away: what they said before stays as it was. */
  dismiss(path: string, number: number, login: string): void {
    const last = this.pull(path, number).reviews.findLast(({ author }) => author === this.#user(login));
    if (last !== undefined) last.state = 'DISMISSED';
  }

  /** From now on the account has another login, and the old one may be taken: gives the number of the one who does. */
  rename(login: string, to: string): number {
    const { users, nextId } = this.#world;
    const at = users.indexOf(this.#user(login));
    const known = this.#user(login);
    const taken = toUser({ login }, nextId());
    Object.assign(known, { login: to });
    users.splice(at + 1, 0, taken);
    return taken.id;
  }

  /** What a person changes on the pull request's page. */
  changePull(path: string, number: number, { title, target, labels, state }: PersonsChange): void {
    const pull = this.pull(path, number);
    if (labels !== undefined) relabel(this.#world, pull, labels, this.#user(ada.login));
    if (target !== undefined) retarget(this.#world, pull, target, this.#user(ada.login));
    Object.assign(pull, {
      ...(title !== undefined && { title }),
      ...(state !== undefined && { state }),
      updatedAt: this.#world.now(),
    });
  }

  async tag(path: string, name: string, revision: string): Promise<void> {
    await git(this.directory(path), ['update-ref', `refs/tags/${name}`, revision]);
  }

  release(path: string, tag: string, name: string, body: string, draft = false): void {
    this.repository(path).releases.push({ id: this.#world.nextId(), tag, name, body, draft, publishedAt: this.#world.now() });
  }

  /** Gives what brings the repository back to how it is now. */
  async keep(path: string): Promise<() => void> {
    const { pulls, directory } = this.repository(path);
    await Promise.all(pulls.flatMap(({ checking }) => checking ?? []));
    const kept = pulls.map(copyOf);
    const restore = keepFolder(directory);
    return () => {
      pulls.splice(0, pulls.length, ...kept.map(copyOf));
      restore();
    };
  }

  repository(path: string): Repository {
    const found = this.#world.repositories.find((one) => pathOf(one) === path);
    if (found === undefined) throw new Error(`no repository ${path}`);
    return found;
  }

  pull(path: string, number: number): Pull {
    const found = this.repository(path).pulls.find((one) => one.number === number);
    if (found === undefined) throw new Error(`no pull request ${path}#${number}`);
    return found;
  }

  #user(login: string): User {
    const found = this.#world.users.find((user) => user.login === login) ?? this.#world.users[0];
    if (found === undefined) throw new Error('a GitHub without users');
    return found;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const prefix = this.#dotCom ? '' : '/api/v3';
    const path = pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : undefined;
    const logged = { method: request.method ?? '', path: decodeURIComponent(path ?? pathname), query: searchParams.toString(), status: 0 };
    this.requests.push(logged);
    response.once('finish', () => {
      logged.status = response.statusCode;
    });
    const body = await readBody(request);
    if (this.delayMs > 0) await sleep(this.delayMs);
    await disturbed(this.#faults.take(logged), response, async () => {
      if (path === undefined && this.oauth.answer(request, response, body)) return;
      const send = await answer({ world: this.#world, violations: this.violations, request, path, query: searchParams, body });
      send(response);
    });
  }

  /** The host of the archives. */
  async #sendArchive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    const logged = { method: request.method ?? '', path: pathname, query: searchParams.toString(), status: 0 };
    await disturbed(this.#faults.take(logged), response, () => sendArchive(this.#world, this.violations, request, response));
  }
}

const copyOf = (of: Pull): Pull => ({
  ...of,
  events: [...of.events],
  forced: [...of.forced],
  comments: of.comments.map((comment) => ({ ...comment })),
});

function toApp(of: GitHubOptions['app']): App | undefined {
  if (of === undefined) return undefined;
  const { id, publicKey, installedBy } = of;
  const login = 'lockkeeper-app[bot]';
  const user = toUser({ login, name: login, email: `900+${login}@users.noreply.github.com`, token: '' }, 900);
  const installations = new Map(installedBy.map((owner, index) => [5_000 + index, owner]));
  const hook = { id: 1, place: '', active: true, events: [], config: {}, attempts: [] };
  return { id, slug: 'lockkeeper-app', bot: { ...user, type: 'Bot' }, publicKey, installations, tokens: new Map(), hook };
}
