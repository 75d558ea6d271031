import type { RestEndpointMethodTypes } from '@octokit/rest';
import { writeOnce } from '../write-once.ts';
import type { GitHubApi } from './api.ts';
import type { Writer } from './writer.ts';

type IssueComment = RestEndpointMethodTypes['issues']['listComments']['response']['data'][number];

const mostPages = 50;

/** Comments on pull requests, which to GitHub are comments on issues: one per key. */
export class Comments {
  readonly #api: GitHubApi;
  readonly #writer: Writer;

  constructor(api: GitHubApi, writer: Writer) {
    this.#api = api;
    this.#writer = writer;
  }

  async write(path: string, id: number, key: string, text: string): Promise<void> {
    const body = `${marker(key)}\n${text}`;
    const known = await this.#own(path, id, key);
    if (known === undefined) {
      await writeOnce<unknown>(
        () =>
          this.#api.ask(`commenting on pull request #${id} of`, path, (rest, at) =>
            rest.issues.createComment({ ...at, issue_number: id, body }),
          ),
        () => this.#own(path, id, key),
      );
    } else if (plain(known.body) !== plain(body)) {
      await writeOnce<unknown>(
        () =>
          this.#api.ask(`changing a comment on pull request #${id} of`, path, (rest, at) =>
            rest.issues.updateComment({ ...at, comment_id: known.id, body }),
          ),
        async () => {
          const now = await this.#own(path, id, key);
          return now !== undefined && plain(now.body) === plain(body) ? now : undefined;
        },
      );
    }
  }

  async has(path: string, id: number, key: string): Promise<boolean> {
    return (await this.#own(path, id, key)) !== undefined;
  }

  /** Our comment with that key: the marker alone proves nothing, anybody can quote it. */
  async #own(path: string, id: number, key: string): Promise<IssueComment | undefined> {
    const [{ items }, me] = await Promise.all([
      this.#api.ask(`listing the comments on pull request #${id} of`, path, (rest, at) =>
        this.#api.list<IssueComment>((paging) => rest.issues.listComments({ ...at, issue_number: id, ...paging }), { maxPages: mostPages }),
      ),
      this.#writer.login(),
    ]);
    return items.find(({ user, body = '' }) => user?.login.toLowerCase() === me.toLowerCase() && body.startsWith(marker(key)));
  }
}

const marker = (key: string): string => `<!-- lockkeeper:comment ${key} -->`;

const plain = (text = ''): string => text.replaceAll('\r\n', '\n').trim();
