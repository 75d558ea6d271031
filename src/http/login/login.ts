import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { explain, OutsideError } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/site.ts';
import { type Message, onTo, plain } from '../message.ts';
import { isOwnName, ownPlace } from '../origin.ts';
import type { Entrance, EntranceRequest, Visitor } from './entrance.ts';
import { createJar, type Jar } from './jar.ts';
import { type Checks, type Identity, LoginRefused, type Provider } from './provider.ts';
import { createFormTokens, createSeal, type FormTokens } from './seal.ts';

/** A person of a forge. */
export type SessionUser = NonNullable<Viewer['user']>;

export interface LoginOptions {
  /** Public URL of the service. */
  readonly url: string;
  /** Of 32 characters and more. */
  readonly secret: string;
  /** Milliseconds that a session lasts. */
  readonly sessions: number;
  readonly providers: readonly Provider[];
  /** Who that is at the forge. Throws LoginRefused for nobody whom the forge knows as a person who may log in there; OutsideError. */
  readonly person: (forge: string, identity: Identity) => Promise<SessionUser>;
  /** What somebody sees and may do at this moment. */
  readonly known: (user: SessionUser) => Promise<Omit<Viewer, 'token'>>;
  readonly pages: LoginPages;
  readonly log: { readonly warn: (text: string) => void; readonly info: (text: string) => void };
  readonly now: () => Date;
}

export interface LoginPages {
  /** `to`: where they go on to; `left`: they have just logged out. */
  choose(providers: readonly string[], to: string, left: boolean): string;
  /** `again`: address that begins anew. */
  problem(status: number, title: string, text: string, again: string): string;
}

/** Seconds that somebody may take to prove who they are. */
const patience = 600;

/** People prove who they are at a provider, and are known by a sealed cookie from then on, in every replica. */
export function loginEntrance(options: LoginOptions): Entrance {
  return new Login(options);
}

class Login implements Entrance {
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: LoginOptions;
  readonly #base: URL;
  readonly #session: Jar;
  readonly #underWay: Jar;
  readonly #forms: FormTokens;

  constructor(options: LoginOptions) {
    const { secret, now } = options;
    this.#options = options;
    this.#base = new URL(options.url);
    const isSecure = this.#base.protocol === 'https:';
    this.headers = isSecure ? { 'strict-transport-security': 'max-age=31536000' } : {};
    this.#session = createJar('lockkeeper', createSeal(secret, 'session', now), isSecure);
    this.#underWay = createJar('lockkeeper-login', createSeal(secret, 'login', now), isSecure);
    this.#forms = createFormTokens(secret);
  }

  origin(request: IncomingMessage): string | Message {
    const { host } = request.headers;
    if (this.#isPublic(request)) return this.#base.origin;
    return isOwnName(host) ? `http://${host}` : plain(421, `This server answers to the name ${this.#base.host}, as server.url says.`);
  }

  async visitor(request: IncomingMessage): Promise<Visitor | undefined> {
    const { forge, id, name, session } = (await this.#session.read(request)) ?? {};
    if (typeof forge !== 'string' || typeof id !== 'string' || typeof name !== 'string' || typeof session !== 'string') return undefined;
    const known = await this.#options.known({ forge, id, name });
    return { viewer: { ...known, token: this.#forms.tokenFor(session) }, isOwnForm: (token) => this.#forms.isOf(session, token) };
  }

  async show({ request, path, query, visitor }: EntranceRequest): Promise<Message | undefined> {
    const [, first, name, last, ...more] = path.split('/');
    if (first !== 'login' || more.length > 0) return undefined;
    // The cookies are of one host: the one that the provider sends people back to.
    if (!this.#isPublic(request)) return onTo(`${this.#own('/login')}?${query.toString()}`);
    const to = ownPlace(query.get('to'));
    if (name === undefined) return this.#choose(to, query.has('left'), visitor);
    const provider = this.#options.providers.find((one) => one.name === name);
    if (provider === undefined) return undefined;
    if (last === undefined) return this.#begin(provider, to);
    return last === 'callback' ? this.#finish(provider, request) : undefined;
  }

  async press({ path }: { readonly path: string }): Promise<Message | undefined> {
    return Promise.resolve(path === '/logout' ? onTo('/login?left=1', { 'set-cookie': this.#session.empty }) : undefined);
  }

  /** A proxy may name the port, too, where it is the usual one. */
  #isPublic({ headers: { host = '' } }: IncomingMessage): boolean {
    return URL.parse(`${this.#base.protocol}//${host}`)?.host === this.#base.host;
  }

  #choose(to: string, left: boolean, visitor: Visitor | undefined): Message {
    const { providers, pages } = this.#options;
    if (visitor !== undefined) return onTo(to);
    const [only, ...others] = providers;
    if (only !== undefined && others.length === 0 && !left) return onTo(startOf(only.name, to));
    const names = providers.map(({ name }) => name);
    return html(200, pages.choose(names, to, left));
  }

  async #begin(provider: Provider, to: string): Promise<Message> {
    const checks = { state: random(), nonce: random(), verifier: random() };
    try {
      const address = await provider.begin(this.#callback(provider), checks);
      const cookie = await this.#underWay.put({ provider: provider.name, to, ...checks }, patience);
      return onTo(address.href, { 'set-cookie': cookie });
    } catch (error) {
      return this.#failed(provider, error, to);
    }
  }

  async #finish(provider: Provider, request: IncomingMessage): Promise<Message> {
    const begun = begunOf(await this.#underWay.read(request));
    const to = ownPlace(begun?.to);
    if (begun === undefined || begun.provider !== provider.name) {
      return this.#problem(
        400,
        'Log in again',
        'This login did not begin in this browser, took longer than ten minutes, or is done already.',
        {
          again: startOf(provider.name, to),
        },
      );
    }
    try {
      const { search } = new URL(request.url ?? '/', this.#base);
      const identity = await provider.finish(new URL(`${this.#callback(provider)}${search}`), begun.checks);
      const user = await this.#options.person(provider.forge, identity);
      this.#options.log.info(`${user.forge}:${user.name} has logged in through ${provider.name}`);
      const content = { ...user, session: random() }; // a new one each time: nobody else can know it
      const cookie = await this.#session.put(content, Math.floor(this.#options.sessions / 1000));
      return onTo(to, { 'set-cookie': [cookie, this.#underWay.empty] });
    } catch (error) {
      return this.#failed(provider, error, to);
    }
  }

  #failed({ name }: Provider, error: unknown, to: string): Message {
    const again = startOf(name, to);
    this.#options.log.warn(`logging in through ${name}: ${explain(error)}`);
    if (error instanceof LoginRefused) return this.#problem(403, 'Not logged in', error.message, { again });
    if (isOutside(error)) {
      const text = `${name} cannot be asked who you are at the moment. Nothing is wrong with your account: try again in a minute, and tell who runs Lockkeeper if it lasts.`;
      return this.#problem(502, `${name} does not answer`, text, { again });
    }
    return this.#problem(403, 'Not logged in', `What ${name} sent back could not be believed; the log says why.`, { again });
  }

  #problem(status: number, title: string, text: string, { again }: { readonly again: string }): Message {
    return { ...html(status, this.#options.pages.problem(status, title, text, again)), headers: { 'set-cookie': this.#underWay.empty } };
  }

  #callback = ({ name }: Provider): string => `${this.#own('/login')}/${name}/callback`;

  #own = (path: string): string => `${this.#base.href.replace(/(?<!\/)\/+$/, '')}${path}`;
}

const html = (status: number, body: string): Message => ({ status, type: 'text/html; charset=utf-8', body });

/** Where a login through that provider begins. */
const startOf = (provider: string, to: string): string =>
  `/login/${provider}${to === '/' ? '' : `?${new URLSearchParams({ to }).toString()}`}`;

const random = (): string => randomBytes(32).toString('base64url');

interface Begun {
  readonly provider: string;
  readonly to: string;
  readonly checks: Checks;
}

function begunOf(content: Readonly<Record<string, unknown>> = {}): Begun | undefined {
  const { provider, to, state, nonce, verifier } = content;
  const texts = [provider, to, state, nonce, verifier];
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  const [a = '', b = '', c = '', d = '', e = ''] = texts;
  return { provider: a, to: b, checks: { state: c, nonce: d, verifier: e } };
}

/** openid-client hands on what our client threw, as it is or as a cause. */
function isOutside(error: unknown): boolean {
  for (let one = error; Error.isError(one); one = one.cause) if (one instanceof OutsideError) return true;
  return false;
}
