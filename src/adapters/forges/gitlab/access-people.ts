import type { MemberSchema, UserSchema } from '@gitbeaker/rest';
import type { Person } from '../../../domain/access-forge.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { ForgeUser } from '../../../domain/forge-user.ts';
import type { GitLabApi } from './api.ts';
import type { Requests } from './requests.ts';
import type { TokenUser } from './token-user.ts';
import type { Users } from './users.ts';

const mostPages = 50;

/** https://docs.gitlab.com/user/reserved_names/#limitations-on-usernames-project-and-group-names-and-slugs */
const name = /^[\w.-]{1,255}$/;

/** Who somebody is now, and whom to ask. */
export class AccessPeople {
  readonly #api: GitLabApi;
  readonly #me: TokenUser;
  readonly #users: Users;
  readonly #requests: Requests;

  constructor(api: GitLabApi, me: TokenUser, users: Users, requests: Requests) {
    this.#api = api;
    this.#me = me;
    this.#users = users;
    this.#requests = requests;
  }

  async person(username: string): Promise<Person | undefined> {
    if (!name.test(username)) return undefined;
    const listed = await this.#api.ask(`looking for the user ${username}`, undefined, ({ users }) => users.all({ username }));
    const found = listed.find((user) => user.username.toLowerCase() === username.toLowerCase());
    if (found === undefined) return undefined;
    const shown = await this.#api.ask(`looking at the user ${username}`, undefined, ({ users }) => users.show(found.id));
    const of = shown as unknown as UserSchema;
    return {
      id: String(of.id),
      name: of.username,
      bot: of['bot'] !== false || of.id === (await this.#me.id()),
      active: of.state === 'active',
      emails: emailsOf(of, new URL(this.#api.url).hostname),
      fullName: of.name,
    };
  }

  async members(group: string): Promise<readonly ForgeUser[] | undefined> {
    if (!group.split('/').every((part) => name.test(part) && part !== '.' && part !== '..')) return undefined;
    const doing = `listing the members of the group ${group}`;
    const listed = await this.#api.find(doing, undefined, ({ groupMembers }) =>
      this.#api.list<MemberSchema>((paging) => groupMembers.all(group, { includeInherited: true, ...paging } as object), {
        maxPages: mostPages,
      }),
    );
    if (listed === undefined) return undefined;
    if (!listed.complete) throw new OutsideError(this.#api.host, `${doing} at ${this.#api.host}: there are more than can be read`);
    const active = new Map(listed.items.filter(isActive).map((member) => [member.id, member]));
    return Promise.all([...active.values()].map((member) => this.#users.of(member)));
  }

  /** A GitLab without a licence knows one reviewer, and takes the first who is named or none. Who may not see the merge request is left out by GitLab. */
  async askForReview(path: string, id: number, wanted: readonly ForgeUser[]): Promise<void> {
    const { reviewers } = await this.#requests.look(path, id);
    const asked = (reviewers ?? []).map((one) => one.id);
    const ids = wanted.map((user) => Number(user.id)).filter((one) => Number.isSafeInteger(one) && !asked.includes(one));
    if (ids.length === 0) return;
    const now = await this.#setReviewers(path, id, [...asked, ...ids]);
    if (now.length > 0) return;
    for (const one of ids) if ((await this.#setReviewers(path, id, [one])).length > 0) return;
  }

  async #setReviewers(path: string, id: number, reviewerIds: readonly number[]): Promise<readonly unknown[]> {
    const { reviewers } = await this.#api.ask(`asking for a review of merge request !${id} of`, path, ({ mergeRequests }) =>
      mergeRequests.edit(path, id, { reviewerIds: [...reviewerIds] }),
    );
    return reviewers ?? [];
  }
}

/** Membership ends on its last day, and GitLab takes it away in the night after. */
function isActive({ state, expires_at: until, ...of }: MemberSchema): boolean {
  const over = typeof until === 'string' && Date.parse(until) <= Date.now();
  return state === 'active' && (of['membership_state'] ?? 'active') === 'active' && !over;
}

/** https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email */
function emailsOf(of: UserSchema, host: string): readonly string[] {
  const own = `${of.id}-${of.username}@users.noreply.${host}`;
  const shown = [of['email'], of['commit_email'], of['public_email']];
  return [...new Set([...shown.filter((one): one is string => typeof one === 'string' && one !== ''), own])];
}
