import { RefusedError } from '../../../domain/errors.ts';
import type { HttpClient, HttpReply } from '../../http/client.ts';
import { Authorization } from './authorization.ts';
import type { Location } from './location.ts';

export interface Question {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD';
  readonly accept?: string;
  readonly conditional?: boolean;
  readonly ahead?: boolean;
  readonly maxBytes?: number;
}

/** Registries as one asks them: with whatever authorization each wants. */
export class Registries {
  readonly #http: HttpClient;
  readonly #authorizations = new Map<string, Authorization>();

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** Any status but 401 and 403, which are a RefusedError; a token that is no longer taken is renewed once. */
  async ask(at: Location, repository: string, of: Question): Promise<HttpReply> {
    const authorization = this.#authorization(at);
    const { accept, ...request } = of;
    const send = (header: string): Promise<HttpReply> =>
      this.#http.request({ ...request, headers: { ...(accept === undefined ? {} : { accept }), authorization: header } });
    const header = await authorization.header(repository);
    let reply = await send(header);
    if (reply.status === 401) {
      const renewed = await authorization.renew(repository, reply.headers['www-authenticate'], header);
      if (renewed !== undefined) reply = await send(renewed);
    }
    if (reply.status === 401 || reply.status === 403) throw refusal(at, repository, reply.status);
    return reply;
  }

  #authorization(at: Location): Authorization {
    const known = this.#authorizations.get(at.host) ?? new Authorization(this.#http, at);
    this.#authorizations.set(at.host, known);
    return known;
  }
}

function refusal({ host, settings }: Location, repository: string, status: number): RefusedError {
  const help =
    settings.password === undefined
      ? `it may not exist, or need credentials: set username and password of registries["${host}"]`
      : `it may not exist, or the user of registries["${host}"] may not read it`;
  return new RefusedError(host, `${host} refuses to show ${repository} (status ${status}); ${help}`, { status });
}
