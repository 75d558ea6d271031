import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { GitLabApi } from './api.ts';

/** As lists and notes name a user. */
export interface Account {
  readonly id: number;
  readonly username: string;
}

/** Users: what names one elsewhere does not say whether it is a bot. One request for each in the life of the process. */
export class Users {
  readonly #api: GitLabApi;
  readonly #known = new Map<number, Promise<ForgeUser>>();

  constructor(api: GitLabApi) {
    this.#api = api;
  }

  of({ id, username }: Account): Promise<ForgeUser> {
    const found =
      this.#known.get(id) ??
      this.#api.ask(`looking at the user ${username}`, undefined, async ({ users }) => {
        const { bot } = await users.show(id);
        return { id: String(id), name: username, bot: bot !== false };
      });
    this.#known.set(id, found);
    found.catch(() => this.#known.delete(id));
    return found;
  }
}
