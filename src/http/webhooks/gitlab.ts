import { gitlabAsks } from './gitlab-events.ts';
import { type Head, idOf } from './head.ts';
import { fingerprint, isOneOf, isSignedBy } from './proof.ts';
import { Refusal } from './refusal.ts';
import type { Sender } from './sender.ts';
import type { Served } from './served.ts';

export interface GitLabOptions {
  /** Of the forge in app.yml. */
  readonly name: string;
  /** Those that begin with `whsec_` are signing tokens, the others are sent along as they are. */
  readonly secrets: readonly string[];
  readonly served: Served;
}

/** Of signing tokens: the key is what follows, in base64. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const signingToken = 'whsec_';

/** A signed delivery is at most this old, or ahead of our clock, in milliseconds. */
const tolerance = 5 * 60_000;

export function createGitLabSender({ name, secrets, served }: GitLabOptions): Sender {
  const keys = secrets.filter((one) => one.startsWith(signingToken)).map((one) => Buffer.from(one.slice(signingToken.length), 'base64'));
  const tokens = secrets.filter((one) => !one.startsWith(signingToken));
  // Without a key a signature says nothing to us; with one it is never passed over in favour of the token.
  const isSigned = (head: Head): boolean => keys.length > 0 && head.header('webhook-signature') !== undefined;
  return {
    name: `gitlab/${name}`,
    types: ['application/json'],
    verify: (head, now) => {
      if (isSigned(head)) return bySignature(head, keys, now);
      checkToken(head, tokens);
      return () => undefined;
    },
    read: (head, payload, body) => ({
      id: (isSigned(head) ? idOf(head, 'webhook-id') : idOf(head, 'idempotency-key')) ?? idOfOldGitLab(head, body),
      asked: gitlabAsks(name, payload, served),
    }),
  };
}

/** https://docs.gitlab.com/user/project/integrations/webhooks/ */
function bySignature(head: Head, keys: readonly Buffer[], now: Date): (body: Buffer) => void {
  const [id, timestamp, given = ''] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => head.header(name));
  if (id === undefined || timestamp === undefined) throw new Refusal('unsigned', 'the signature has no webhook-id or no webhook-timestamp');
  if (!/^\d{1,12}$/.test(timestamp)) throw new Refusal('malformed', 'the webhook-timestamp is no number of seconds');
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > tolerance) {
    throw new Refusal('replayed', "the webhook-timestamp is more than five minutes away from this machine's clock");
  }
  const signatures = given.split(' ').flatMap((one) => (one.startsWith('v1,') ? [one.slice('v1,'.length)] : []));
  return (body) => {
    const message = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
    const holds = signatures.some((one) => isSignedBy(keys, message, one, { algorithm: 'sha256', encoding: 'base64' }));
    if (!holds) throw new Refusal('bad-signature', 'the webhook-signature is of none of the signing tokens');
  };
}

function checkToken(head: Head, tokens: readonly string[]): void {
  const given = head.header('x-gitlab-token');
  if (given === undefined) throw new Refusal('unsigned', 'it has no X-Gitlab-Token');
  if (!isOneOf(given, tokens)) throw new Refusal('bad-signature', 'the X-Gitlab-Token is none of the secrets');
}

/** Before GitLab 17.4 nothing tells a repetition. The event's id alone does not: everything that one webhook set off shares it. */
function idOfOldGitLab(head: Head, body: Buffer): string {
  const names = ['x-gitlab-event-uuid', 'x-gitlab-webhook-uuid'].map((name) => head.header(name) ?? '');
  return `sha256:${fingerprint(...names, body)}`;
}
