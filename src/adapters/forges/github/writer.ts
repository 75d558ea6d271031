import type { Store } from '../../../domain/store.ts';
import type { GitHubApi } from './api.ts';

interface Signature {
  readonly name?: string;
  readonly email?: string;
}

interface Signed {
  readonly author: Signature | null;
  readonly committer: Signature | null;
}

/** A commit as comparisons show it: GitHub's accounts beside what git says. */
interface Compared {
  readonly author: Account;
  readonly committer: Account;
  readonly commit: Signed;
}
type Account = { readonly login?: string } | Record<string, never> | null;

interface Known {
  readonly authors: readonly string[];
  readonly committers: readonly string[];
}

const space = 'github-writers';

/** GitHub's own account: commits it signs name it as their committer. */
const signer = 'web-flow';

/** As whom we write: tells our commits from those of people. */
export class Writer {
  readonly #api: GitHubApi;
  readonly #store: Store;

  constructor(api: GitHubApi, store: Store) {
    this.#api = api;
    this.#store = store;
  }

  login(): Promise<string> {
    return this.#api.askOwner('asking who we are', undefined, undefined, () => this.#api.account.login());
  }

  /** A function that tells whether a login is ours. */
  async isUs(): Promise<(login: string | undefined) => boolean> {
    const ours = await this.login();
    return (login) => same(ours, login);
  }

  /** A function that tells whether author and committer of a commit are we. What an App commits GitHub signs, and is its committer. */
  async recognizer(): Promise<(of: Compared) => { readonly author: boolean; readonly committer: boolean }> {
    const [login, { authors, committers }] = await Promise.all([this.login(), this.#known()]);
    const signers = this.#api.account.asApp ? [login, signer] : [login];
    const is = (logins: readonly string[], emails: readonly string[], account: Account, signature: Signature | null) =>
      logins.some((name) => same(name, account?.login)) || emails.some((email) => same(email, signature?.email));
    return ({ author, committer, commit }) => ({
      author: is([login], authors, author, commit.author),
      committer: is(signers, committers, committer, commit.committer),
    });
  }

  /** How GitHub signed one commit of ours is how it signs all. */
  async learn({ author, committer }: Signed): Promise<void> {
    const known = await this.#known();
    const [mine, theirs] = [author?.email?.toLowerCase() ?? '', committer?.email?.toLowerCase() ?? ''];
    if (known.authors.includes(mine) && known.committers.includes(theirs)) return;
    const add = (emails: readonly string[], email: string) => [...new Set([...emails, email])].filter((one) => one !== '');
    await this.#store.put(space, this.#api.url, {
      authors: add(known.authors, mine),
      committers: add(known.committers, theirs),
    } satisfies Known);
  }

  async #known(): Promise<Known> {
    return (await this.#store.get<Known>(space, this.#api.url)) ?? { authors: [], committers: [] };
  }
}

const same = (one: string, other: string | undefined): boolean => one !== '' && one.toLowerCase() === other?.toLowerCase();
