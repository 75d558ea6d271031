import type { MergeRequestNoteSchema } from '@gitbeaker/rest';
import { mayHoldCommand } from '../../../domain/command-comment.ts';
import { OutsideError } from '../../../domain/errors.ts';
import type { RequestComment } from '../../../domain/request-forge.ts';
import { writeOnce } from '../write-once.ts';
import type { GitLabApi, Resources } from './api.ts';
import { utc } from './merge-request.ts';
import type { TokenUser } from './token-user.ts';
import type { Users } from './users.ts';

type Note = Pick<MergeRequestNoteSchema, 'id' | 'body' | 'author' | 'created_at' | 'updated_at' | 'system'>;

/** What is commented on. */
export interface Place {
  readonly path: string;
  readonly kind: 'merge request' | 'issue';
  /** The number that people see. */
  readonly id: number;
}

const mostPages = 100;

/** Notes below merge requests and issues: https://docs.gitlab.com/api/notes/ */
export class Comments {
  readonly #api: GitLabApi;
  readonly #users: Users;
  readonly #me: TokenUser;

  constructor(api: GitLabApi, users: Users, me: TokenUser) {
    this.#api = api;
    this.#users = users;
    this.#me = me;
  }

  /** One of ours per key; untouched where it says the same. */
  async say(place: Place, key: string, text: string): Promise<void> {
    const { path, id } = place;
    const body = `${marker(key)}\n${text}`;
    const known = await this.#own(place, key);
    if (known === undefined) {
      await writeOnce<unknown>(
        () => this.#api.ask(`commenting on ${named(place)} of`, path, (resources) => notesOf(resources, place).create(path, id, body)),
        () => this.#own(place, key),
      );
    } else if (plain(known.body) !== plain(body)) {
      await writeOnce<unknown>(
        () =>
          this.#api.ask(`changing a comment on ${named(place)} of`, path, (resources) =>
            notesOf(resources, place).edit(path, id, known.id, { body }),
          ),
        async () => {
          const now = await this.#own(place, key);
          return now !== undefined && plain(now.body) === plain(body) ? now : undefined;
        },
      );
    }
  }

  async has(place: Place, key: string): Promise<boolean> {
    return (await this.#own(place, key)) !== undefined;
  }

  /** Our comment with that key: the marker alone proves nothing, anybody can quote it. */
  async #own(place: Place, key: string): Promise<Note | undefined> {
    const [notes, me] = await Promise.all([this.all(place), this.#me.id()]);
    return notes.find((note) => note.author.id === me && note.body.startsWith(marker(key)));
  }

  /** Every note, the forge's own too, oldest first. */
  async all(place: Place): Promise<readonly Note[]> {
    const doing = `listing the comments on ${named(place)} of`;
    const { items, complete } = await this.#api.ask(doing, place.path, (resources) =>
      this.#api.list<Note>(
        (paging) => notesOf(resources, place).all(place.path, place.id, { sort: 'asc', orderBy: 'created_at', ...paging }),
        { maxPages: mostPages },
      ),
    );
    if (complete) return items;
    throw new OutsideError(`${this.#api.name}:${place.path}`, `${doing} ${place.path}: there are more than can be read`);
  }

  /** Undefined where there is no such comment there, or it is one of the forge's own. */
  async one(place: Place, comment: number): Promise<RequestComment | undefined> {
    const { path, id } = place;
    const note = await this.#api.find(`looking at comment ${comment} on ${named(place)} of`, path, (resources) =>
      notesOf(resources, place).show(path, id, comment),
    );
    return note === undefined || note.system ? undefined : this.#toComment(note);
  }

  /** Those of persons. */
  async mayCommand(place: Place): Promise<readonly RequestComment[]> {
    const notes = (await this.all(place)).filter(({ system, body }) => !system && mayHoldCommand(body));
    const comments = await Promise.all(notes.map((note) => this.#toComment(note)));
    return comments.filter(({ author }) => !author.bot);
  }

  /** GitLab says when a note was touched, by an edit or by resolving its thread, and not by which of them. */
  async #toComment({ id, body, author, ...of }: Note): Promise<RequestComment> {
    return {
      id,
      text: body,
      author: await this.#users.of(author),
      createdAt: utc(of.created_at),
      edited: of.updated_at !== of.created_at,
    };
  }
}

/** The parts of both resources that are used here. */
const notesOf = (resources: Resources, { kind }: Place): Resources['notes'] =>
  kind === 'issue' ? (resources.issueNotes as unknown as Resources['notes']) : resources.notes;

const named = ({ kind, id }: Place): string => (kind === 'issue' ? `issue #${id}` : `merge request !${id}`);

const marker = (key: string): string => `<!-- lockkeeper:comment ${key} -->`;

const plain = (text: string): string => text.replaceAll('\r\n', '\n').trim();
