import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { GitLabApi } from './api.ts';
import type { TokenUser } from './token-user.ts';

/** As lists and notes name a user. */
export interface Account {
  readonly id: number;
  readonly username: string;
}

/**
 * Users: what names one elsewhere does not say whether it is a bot, which nobody ever becomes or ceases to be. One request for each in the life of the
 * process. We ourselves are one, whatever account we use.
 */
export class Users {
  readonly #api: GitLabApi;
  readonly #me: TokenUser;
  readonly #bots = new Map<number, Promise<boolean>>();

  constructor(api: GitLabApi, me: TokenUser) {
    this.#api = api;
    this.#me = me;
  }

  async of({ id, username }: Account): Promise<ForgeUser> {
    const found = this.#bots.get(id) ?? this.#isBot(id, username);
    this.#bots.set(id, found);
    found.catch(() => this.#bots.delete(id));
    return { id: String(id), name: username, bot: await found };
  }

  async #isBot(id: number, username: string): Promise<boolean> {
    if (id === (await this.#me.id())) return true;
    return this.#api.ask(`looking at the user ${username}`, undefined, async ({ users }) => (await users.show(id)).bot !== false);
  }
}
