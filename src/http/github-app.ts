import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { explain } from '../domain/errors.ts';
import { isHandedOn, isOwnName } from './origin.ts';
import type { Route } from './server.ts';

/** What the page shows that makes the App. */
export interface StartPage {
  /** Where the manifest is posted to, with the state. */
  readonly action: string;
  readonly manifest: string;
  /** The organisation that the App will belong to; empty for the user's own account. */
  readonly organisation: string;
  /** Of the address that leads here; empty where none is needed. */
  readonly code: string;
}

export interface GitHubAppOptions {
  /** Name in app.yml. */
  readonly forge: string;
  /** Of GitHub's pages, without a trailing slash. */
  readonly url: string;
  readonly manifest: object;
  /** Whoever does not sit at this machine has to give it: the log shows it. */
  readonly code: string;
  /** Nobody else's requests arrive from this machine's own address. */
  readonly trustLoopback: boolean;
  /** Exchanges what GitHub sent along for the App and keeps its keys; gives the page that says what to do. */
  readonly finish: (code: string) => Promise<string>;
  readonly pages: {
    start(page: StartPage): string;
    problem(text: string): string;
  };
  readonly log: { warn(text: string): void; info(text: string): void };
  readonly now: () => Date;
}

/** Milliseconds in which somebody makes the App; GitHub's code works as long. */
const patience = 3_600_000;
const mostStates = 100;

/** `/setup/github/<forge>`: one button that makes a GitHub App, and where GitHub sends back to. Works until it has. */
export function githubAppRoutes(options: GitHubAppOptions): readonly Route[] {
  const app = new AppSetup(options);
  const path = `/setup/github/${options.forge}`;
  return [
    { path, answer: (request, response) => app.start(request, response) },
    { path: `${path}/callback`, answer: (request, response) => app.callback(request, response) },
  ];
}

class AppSetup {
  readonly #options: GitHubAppOptions;
  /** When each was given out. */
  readonly #states = new Map<string, number>();
  #done = false;

  constructor(options: GitHubAppOptions) {
    this.#options = options;
  }

  async start(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, code, manifest, pages } = this.#options;
    const query = queryOf(request);
    const given = query.get('code') ?? '';
    if (!isRead(request)) return this.#say(response, 405, 'This page is only read: use GET.');
    if (!isSame(given, code) && !this.#isOwnMachine(request)) {
      return this.#say(response, 403, "This page takes the code in its address: the service's log shows it.");
    }
    if (this.#done) return this.#say(response, 410, 'The App is made: put it into app.yml and start the service again.');
    const organisation = query.get('organisation')?.trim() ?? '';
    if (!/^[A-Za-z0-9-]{0,39}$/.test(organisation)) return this.#say(response, 400, 'That is no name of an organisation.');
    const place = organisation === '' ? 'settings/apps/new' : `organizations/${organisation}/settings/apps/new`;
    const action = `${url}/${place}?state=${this.#newState()}`;
    const page = pages.start({ action, manifest: JSON.stringify(manifest), organisation, code: given });
    this.#send(response, 200, page);
  }

  async callback(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET') return this.#say(response, 405, 'This page is only read: use GET.');
    const query = queryOf(request);
    if (!this.#takeState(query.get('state') ?? '')) {
      this.#options.log.warn('somebody came back from GitHub without having been sent there by us: nothing was done');
      return this.#say(response, 403, 'This did not begin at our page, or took longer than an hour: begin there again.');
    }
    const code = query.get('code') ?? '';
    if (!/^[\w-]{1,100}$/.test(code)) return this.#say(response, 400, 'GitHub sent no code along: begin again.');
    if (this.#done) return this.#say(response, 410, 'The App is made: put it into app.yml and start the service again.');
    this.#done = true; // no second one meanwhile
    try {
      const page = await this.#options.finish(code);
      this.#options.log.info(`the GitHub App of forges.${this.#options.forge} is made: put it into app.yml and start again`);
      this.#send(response, 200, page);
    } catch (error) {
      this.#done = false;
      this.#options.log.warn(explain(error));
      this.#say(response, 502, explain(error));
    }
  }

  #newState(): string {
    const state = randomBytes(24).toString('base64url');
    for (const [oldest] of this.#states) if (this.#states.size >= mostStates) this.#states.delete(oldest);
    this.#states.set(state, this.#options.now().getTime());
    return state;
  }

  /** Each is good for one use. */
  #takeState(state: string): boolean {
    const since = this.#states.get(state);
    this.#states.delete(state);
    return since !== undefined && this.#options.now().getTime() - since < patience;
  }

  /** Asked for by this machine itself, under its own name, and handed on by no proxy. */
  #isOwnMachine(request: IncomingMessage): boolean {
    const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress ?? '');
    return this.#options.trustLoopback && isLocal && isOwnName(request.headers.host) && !isHandedOn(request);
  }

  #say(response: ServerResponse, status: number, text: string): void {
    this.#send(response, status, this.#options.pages.problem(text));
  }

  #send(response: ServerResponse, status: number, body: string): void {
    const origin = new URL(this.#options.url).origin;
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      // The one form goes to GitHub, the other back to this page.
      'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self' ${origin}; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer', // the address may hold the code
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    response.end(body);
  }
}

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

const queryOf = ({ url = '' }: IncomingMessage): URLSearchParams => new URLSearchParams(url.split('?').slice(1).join('?'));

function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(one, other);
}
