import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider';

/** A real OpenID provider on loopback at which everybody is logged in at once, as the test says. */
export interface OidcServer extends AsyncDisposable {
  readonly issuer: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Who sits before the browser: `sub`, and what the userinfo endpoint says of them; undefined: somebody who does not agree. */
  person: { readonly sub: string; readonly [claim: string]: string } | undefined;
  /** `GET /path` of every request, in order. */
  readonly seen: string[];
  close(): Promise<void>;
}

export interface OidcOptions {
  /** Address that the provider may send people back to. */
  readonly callbacks: readonly string[];
  /** How the application says its secret; default as the standard has it. */
  readonly authentication?: 'client_secret_basic' | 'client_secret_post';
  readonly clientId?: string;
}

export async function startOidc({
  callbacks,
  authentication = 'client_secret_basic',
  clientId = 'lockkeeper',
}: OidcOptions): Promise<OidcServer> {
  let answer = (_: IncomingMessage, response: ServerResponse): unknown => response.end();
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${(request.url ?? '').split('?')[0]}`);
    answer(request, response);
  });
  await new Promise<void>((ready) => {
    server.listen(0, '127.0.0.1', ready);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientSecret = randomBytes(16).toString('hex');
  const at: OidcServer = {
    issuer,
    client: { clientId, clientSecret },
    person: undefined,
    seen,
    close: () => closed(server),
    [Symbol.asyncDispose]: () => closed(server),
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kept = new Map<string, AdapterPayload>();
  const provider = new Provider(issuer, {
    adapter: (model: string) => new Memory(model, kept),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...callbacks],
        token_endpoint_auth_method: authentication,
      },
    ],
    clientAuthMethods: [authentication],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(16).toString('hex')], long: { path: '/' }, short: { path: '/' } },
    claims: { openid: ['sub', 'nickname'], profile: ['name', 'preferred_username'] },
    ttl: { Interaction: 3600, Grant: 3600, Session: 3600, AccessToken: 3600, IdToken: 3600, AuthorizationCode: 60 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...at.person, sub }) }),
  });
  const handle = provider.callback();
  answer = (request, response) =>
    request.url?.startsWith('/interaction/') === true ? agree(provider, at, request, response) : handle(request, response);
  return at;
}

/** What the provider remembers. */
class Memory implements Adapter {
  readonly #model: string;
  readonly #kept: Map<string, AdapterPayload>;

  constructor(model: string, kept: Map<string, AdapterPayload>) {
    this.#model = model;
    this.#kept = kept;
  }

  #key = (id: string): string => `${this.#model} ${id}`;

  async upsert(id: string, payload: AdapterPayload): Promise<void> {
    this.#kept.set(this.#key(id), payload);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#kept.get(this.#key(id));
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return [...this.#kept].find(([key, payload]) => key.startsWith(`${this.#model} `) && payload.uid === uid)?.[1];
  }

  async findByUserCode(): Promise<undefined> {}

  async consume(id: string): Promise<void> {
    const found = this.#kept.get(this.#key(id));
    if (found !== undefined) this.#kept.set(this.#key(id), { ...found, consumed: true });
  }

  async destroy(id: string): Promise<void> {
    this.#kept.delete(this.#key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, payload] of this.#kept) if (payload.grantId === grantId) this.#kept.delete(key);
  }
}

/** What a page there would ask for. */
async function agree(provider: Provider, { person }: OidcServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (person === undefined) {
    const refusal = { error: 'access_denied', error_description: 'no' };
    return provider.interactionFinished(request, response, refusal, { mergeWithLastSubmission: false });
  }
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId: person.sub, clientId: String(params['client_id']) });
  grant.addOIDCScope('openid profile');
  const result = { login: { accountId: person.sub }, consent: { grantId: await grant.save() } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const closed = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
