import type { Store } from '../../../domain/store.ts';
import type { GitLabApi } from './api.ts';

/** Author and committer of a commit, as GitLab tells them. */
export interface Signed {
  readonly author_name: string;
  readonly author_email?: string;
  readonly committer_name?: string;
  readonly committer_email?: string;
}

interface User {
  readonly id: number;
  readonly emails: ReadonlySet<string>;
}

const space = 'gitlab-committers';

/** The user whose token we hold: who we are in GitLab's eyes. */
export class TokenUser {
  readonly #api: GitLabApi;
  readonly #store: Store;
  readonly #ids = new Map<string, Promise<number | undefined>>();
  #user: Promise<User> | undefined;

  constructor(api: GitLabApi, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  async id(): Promise<number> {
    return (await this.#current()).id;
  }

  /** A function that tells whether a commit is our own. One request in the life of the process. */
  async recognizer(): Promise<(commit: Signed) => boolean> {
    const { emails } = await this.#current();
    const committers = new Set([...emails, `noreply@${new URL(this.#api.url).hostname}`, ...(await this.#knownCommitters())]);
    const has = (known: ReadonlySet<string>, email: string | undefined) => known.has(email?.toLowerCase() ?? '');
    return (commit) => has(emails, commit.author_email) && has(committers, commit.committer_email);
  }

  /** A GitLab that signs the commits of its API writes its own name as the committer: what it did to one of ours it does to all. */
  async learn({ committer_email: email }: Signed): Promise<void> {
    if (email === undefined) return;
    const known = await this.#knownCommitters();
    if (!known.includes(email.toLowerCase())) await this.#store.put(space, this.#api.url, [...known, email.toLowerCase()]);
  }

  /** The id of the user with that name; undefined for a group's name and for one that GitLab does not know. */
  idOf(owner: string): Promise<number | undefined> {
    const name = owner.replace(/^@/, '').toLowerCase();
    const found = this.#ids.get(name) ?? this.#look(name);
    this.#ids.set(name, found);
    found.catch(() => this.#ids.delete(name));
    return found;
  }

  async #look(username: string): Promise<number | undefined> {
    if (!/^[\w.-]+$/.test(username)) return undefined;
    const users = await this.#api.ask(`looking for the user ${username}`, undefined, ({ users }) => users.all({ username }));
    return users.find((user) => user.username.toLowerCase() === username)?.id;
  }

  #current(): Promise<User> {
    this.#user ??= this.#ask();
    this.#user.catch(() => {
      this.#user = undefined;
    });
    return this.#user;
  }

  async #ask(): Promise<User> {
    const user = await this.#api.ask('asking whose token this is', undefined, ({ users }) => users.showCurrentUser());
    const emails = [user.email, user['commit_email'], user.public_email].filter(
      (email): email is string => typeof email === 'string' && email !== '',
    );
    return { id: user.id, emails: new Set(emails.map((email) => email.toLowerCase())) };
  }

  async #knownCommitters(): Promise<readonly string[]> {
    return (await this.#store.get<readonly string[]>(space, this.#api.url)) ?? [];
  }
}
