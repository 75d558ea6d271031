import type { RestEndpointMethodTypes } from '@octokit/rest';
import { mayHoldCommand } from '../../../domain/command-comment.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { RequestComment } from '../../../domain/request-forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import { utc } from './pull-request.ts';
import { toUser } from './users.ts';
import type { Writer } from './writer.ts';

type IssueComment = RestEndpointMethodTypes['issues']['listComments']['response']['data'][number];

const mostPages = 50;

/** Comments on pull requests, which to GitHub are comments on issues: ours, one per key, and those of others. */
export class Comments {
  readonly #api: GitHubApi;
  readonly #writer: Writer;

  constructor(api: GitHubApi, writer: Writer) {
    this.#api = api;
    this.#writer = writer;
  }

  /** See RequestForge: of a pull request, or of an issue, whose numbers are of one row. */
  async read(path: string, id: number, comment: number): Promise<RequestComment | undefined> {
    const found = await this.#api.find(`looking at comment ${comment} on #${id} of`, path, (rest, at) =>
      rest.issues.getComment({ ...at, comment_id: comment }),
    );
    // It is asked for by its own number: where it belongs to, its address says.
    if (found === undefined || !found.data.issue_url.endsWith(`/issues/${id}`)) return undefined;
    return toComment(found.data, await this.#writer.isUs());
  }

  /** See AccessForge. */
  async commands(path: string, id: number): Promise<readonly RequestComment[]> {
    const [items, isUs] = await Promise.all([this.#list(path, id, 'pull request'), this.#writer.isUs()]);
    return items.flatMap((one) => toComment(one, isUs) ?? []).filter(({ author, text }) => !author.bot && mayHoldCommand(text));
  }

  async write(path: string, id: number, key: string, text: string, what: Commented = 'pull request'): Promise<void> {
    const body = `${marker(key)}\n${text}`;
    const own = () => this.#own(path, id, key, what);
    const known = await own();
    if (known === undefined) {
      await writeOnce<unknown>(
        () =>
          this.#api.ask(`commenting on ${what} #${id} of`, path, (rest, at) =>
            rest.issues.createComment({ ...at, issue_number: id, body }),
          ),
        own,
      );
    } else if (plain(known.body) !== plain(body)) {
      await writeOnce<unknown>(
        () =>
          this.#api.ask(`changing a comment on ${what} #${id} of`, path, (rest, at) =>
            rest.issues.updateComment({ ...at, comment_id: known.id, body }),
          ),
        async () => {
          const now = await own();
          return now !== undefined && plain(now.body) === plain(body) ? now : undefined;
        },
      );
    }
  }

  async has(path: string, id: number, key: string): Promise<boolean> {
    return (await this.#own(path, id, key, 'pull request')) !== undefined;
  }

  /** Our comment with that key: the marker alone proves nothing, anybody can quote it. */
  async #own(path: string, id: number, key: string, what: Commented): Promise<IssueComment | undefined> {
    const [items, isUs] = await Promise.all([this.#list(path, id, what), this.#writer.isUs()]);
    return items.find(({ user, body = '' }) => isUs(user?.login) && body.startsWith(marker(key)));
  }

  async #list(path: string, id: number, what: Commented): Promise<readonly IssueComment[]> {
    const doing = `listing the comments on ${what} #${id} of`;
    const { items, complete } = await this.#api.ask(doing, path, (rest, at) =>
      this.#api.list<IssueComment>((paging) => rest.issues.listComments({ ...at, issue_number: id, ...paging }), { maxPages: mostPages }),
    );
    if (!complete) throw new OutsideError(`${this.#api.name}:${path}`, `${doing} ${path}: there are more than can be read`);
    return items;
  }
}

type Commented = 'pull request' | 'issue';

/** Times are whole seconds: an edit within the second in which it was written does not show. */
function toComment(
  { id, body = '', user, created_at: created, updated_at: updated }: IssueComment,
  isUs: (login: string) => boolean,
): RequestComment | undefined {
  if (user === null) return undefined;
  const author = toUser(user);
  return {
    id,
    text: body,
    author: { ...author, bot: author.bot || isUs(author.name) },
    createdAt: utc(created),
    edited: updated !== created,
  };
}

const marker = (key: string): string => `<!-- lockkeeper:comment ${key} -->`;

const plain = (text = ''): string => text.replaceAll('\r\n', '\n').trim();
