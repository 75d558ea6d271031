import type { Person } from '../../../domain/access-forge.ts';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import { repositoryOf } from './address.ts';
import type { GitHubApi } from './api.ts';
import { toUser } from './users.ts';
import type { Writer } from './writer.ts';

/** As GitHub gives them: an underscore in those of an enterprise, `[bot]` after an App's. */
const login = /^\w[\w-]{0,99}(\[bot\])?$/;
const team = /^(\w[\w-]*)\/(\w[\w.-]*)$/;

const mostPages = 100;

/** Named people, and asking them. */
export class AccessPeople {
  readonly #api: GitHubApi;
  readonly #writer: Writer;

  constructor(api: GitHubApi, writer: Writer) {
    this.#api = api;
    this.#writer = writer;
  }

  /** We ourselves count as a bot, whatever account we use. An Enterprise Server says of a suspended user that it is one; github.com has them no more. */
  async person(path: string, name: string): Promise<Person | undefined> {
    if (!login.test(name)) return undefined;
    const owner = repositoryOf(path)?.owner;
    const found = await this.#api.findOf(`looking at user ${name}, for`, path, owner, (rest) =>
      rest.users.getByUsername({ username: name }),
    );
    if (found === undefined) return undefined;
    const { login: known, email, name: fullName, suspended_at: suspended } = found.data as typeof found.data & Suspended;
    const isUs = await this.#writer.isUs();
    const user = toUser(found.data);
    return {
      ...user,
      bot: user.bot || isUs(known),
      active: (suspended ?? null) === null,
      emails: email === null || email === '' ? [] : [email],
      ...(fullName !== null && fullName !== '' && { fullName }),
    };
  }

  /** Those of the teams below it are members of a team too. https://docs.github.com/en/rest/teams/members#list-team-members */
  async members(path: string, group: string): Promise<readonly ForgeUser[] | undefined> {
    const [, org, slug] = team.exec(group) ?? [];
    if (org === undefined || slug === undefined) return undefined;
    const doing = `listing the members of team ${group}, for`;
    const found = await this.#api.findOf(
      doing,
      path,
      org,
      (rest) =>
        this.#api.list<Parameters<typeof toUser>[0]>((paging) => rest.teams.listMembersInOrg({ org, team_slug: slug, ...paging }), {
          maxPages: mostPages,
        }),
      'members: read',
    );
    if (found === undefined) return undefined;
    if (!found.complete) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
    return this.#active(path, found.items.map(toUser));
  }

  /** An Enterprise Server leaves suspended users in their teams. */
  async #active(path: string, users: readonly ForgeUser[]): Promise<readonly ForgeUser[]> {
    if (this.#api.host === 'github.com') return users;
    const people = await Promise.all(users.map(({ name }) => this.person(path, name)));
    return users.filter((user, at) => people[at]?.id === user.id && people[at].active);
  }

  /** Who has reviewed this very head is not asked again: GitHub would tell them once more. */
  async askForReview(path: string, id: number, users: readonly ForgeUser[]): Promise<void> {
    if (users.length === 0) return;
    const { data: pull } = await this.#api.ask(`looking at pull request #${id} of`, path, (rest, at) =>
      rest.pulls.get({ ...at, pull_number: id }),
    );
    const done = [...(pull.requested_reviewers ?? []).map((one) => String(one.id)), ...(await this.#reviewed(path, id, pull.head.sha))];
    const wanted = users.filter((user) => !done.includes(user.id) && !user.bot && user.id !== String(pull.user?.id));
    if (wanted.length > 0 && !(await this.#ask(path, id, wanted))) for (const one of wanted) await this.#ask(path, id, [one]);
  }

  async #reviewed(path: string, id: number, head: string): Promise<readonly string[]> {
    const { items } = await this.#api.ask(`listing the reviews of pull request #${id} of`, path, (rest, at) =>
      this.#api.list((paging) => rest.pulls.listReviews({ ...at, pull_number: id, ...paging }), { maxPages: mostPages }),
    );
    return items.filter((one) => one.commit_id === head).map(({ user }) => String(user?.id));
  }

  /** False where one of them cannot be asked, which refuses them all: who may not read the repository, above all. */
  async #ask(path: string, id: number, users: readonly ForgeUser[]): Promise<boolean> {
    const reviewers = users.map(({ name }) => name);
    try {
      await this.#api.ask(`asking for reviews of pull request #${id} of`, path, (rest, at) =>
        rest.pulls.requestReviewers({ ...at, pull_number: id, reviewers, request: this.#api.repeatable }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 422) throw error;
      return false;
    }
  }
}

/** Only an Enterprise Server says so. */
interface Suspended {
  readonly suspended_at?: string | null;
}
