import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from 'pino';
import { explain } from '../../domain/errors.ts';
import { githubAsks, githubEvents, isGitHubEvent } from './github-events.ts';
import { idOf } from './head.ts';
import { at, type Payload } from './payload.ts';
import { isSignedBy } from './proof.ts';
import { Refusal } from './refusal.ts';
import type { Asked, Sender } from './sender.ts';
import type { Served } from './served.ts';

export interface GitHubOptions {
  /** Of the forge in app.yml. */
  readonly name: string;
  /** Of its pages: `https://github.com`. */
  readonly url: string;
  /** Of its REST API, for what handlers may ask of it. */
  readonly api: string;
  readonly credentials: { readonly token: string } | { readonly appId: number; readonly privateKey: string };
  readonly secrets: readonly string[];
  readonly served: Served;
  readonly log: Logger;
}

type Receive = (id: string, event: string, payload: Payload) => Promise<Asked>;

/** We receive and verify ourselves (Probot has neither a limit nor a second secret), and Probot hands the event to its handlers. */
export async function createGitHubSender(options: GitHubOptions): Promise<Sender> {
  const { name, secrets } = options;
  const receive = await throughProbot(options);
  return {
    name: `github/${name}`,
    types: ['application/json'],
    verify: (head) => {
      const given = head.header('x-hub-signature-256');
      if (given === undefined) throw new Refusal('unsigned', 'it has no X-Hub-Signature-256: set the secret in the webhook');
      if (!given.startsWith('sha256=')) throw new Refusal('malformed', 'the X-Hub-Signature-256 is none');
      const signature = given.slice('sha256='.length);
      return (body) => {
        const holds = isSignedBy(secrets, body, signature, { algorithm: 'sha256', encoding: 'hex' });
        if (!holds) throw new Refusal('bad-signature', 'the X-Hub-Signature-256 is of none of the secrets');
      };
    },
    read: async (head, payload) => {
      const [id, event] = [idOf(head, 'x-github-delivery'), head.header('x-github-event')];
      if (id === undefined || event === undefined) throw new Refusal('malformed', 'it has no X-GitHub-Delivery or no X-GitHub-Event');
      return { id, asked: isGitHubEvent(event) ? await receive(id, event, checked(payload)) : 'uninteresting' };
    },
  };
}

/** Probot takes these on trust. */
function checked(payload: Payload): Payload {
  const [action, installation] = [at(payload, 'action'), at(payload, 'installation')];
  const fine =
    (action === undefined || typeof action === 'string') &&
    (installation === undefined || installation === null || Number.isSafeInteger(at(payload, 'installation', 'id')));
  if (!fine) throw new Refusal('malformed', 'the action is no text, or the installation has no number');
  return payload;
}

/** Gives what the handlers, which run within a call, say that it asks for. */
async function throughProbot({ name, url, api, credentials, secrets, served, log }: GitHubOptions): Promise<Receive> {
  const { Probot } = await import('probot');
  const probot = new Probot({
    ...('token' in credentials ? { githubToken: credentials.token } : credentials),
    baseUrl: api,
    // Only its own receiver would use it, and without one takes a secret that everybody knows.
    secret: secrets[0] ?? '',
    // Its errors carry the whole event.
    log: log.child({}, { serializers: { err: (error: unknown) => ({ message: explain(error) }) } }),
  });
  const forge = { name, registry: registryOf(url) };
  const found = new AsyncLocalStorage<{ asked: Asked }>();
  await probot.load((app) => {
    app.on([...githubEvents], (context) => {
      const call = found.getStore();
      if (call !== undefined && isGitHubEvent(context.name)) call.asked = githubAsks(context.name, { ...context.payload }, forge, served);
    });
  });
  return async (id, event, payload) => {
    const call: { asked: Asked } = { asked: 'uninteresting' };
    // The payload is what was sent, whatever its type promises: the handlers read it as such.
    const message = { id, name: event, payload } as unknown as Parameters<typeof probot.webhooks.receive>[0];
    await found.run(call, () => probot.webhooks.receive(message));
    return call.asked;
  };
}

/** https://docs.github.com/en/enterprise-server/packages/working-with-a-github-packages-registry/working-with-the-container-registry */
function registryOf(url: string): string {
  const { host } = new URL(url);
  return host === 'github.com' ? 'ghcr.io' : `containers.${host}`;
}
