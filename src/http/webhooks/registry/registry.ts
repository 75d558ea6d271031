import type { Head } from '../head.ts';
import { fingerprint, isOneOf, isSignedBy } from '../proof.ts';
import { Refusal } from '../refusal.ts';
import type { Sender } from '../sender.ts';
import { distribution, distributionTypes } from './distribution.ts';
import { dockerHub } from './docker-hub.ts';
import type { RegistryFormat } from './event.ts';
import { harbor } from './harbor.ts';
import { nexus } from './nexus.ts';
import { quay } from './quay.ts';

export interface RegistryOptions {
  /** As in app.yml. */
  readonly host: string;
  readonly secrets: readonly string[];
}

/** Each knows its own by its shape. */
const formats: readonly RegistryFormat[] = [distribution, nexus, dockerHub, quay, harbor];

const longestId = 128;

export function createRegistrySender({ host, secrets }: RegistryOptions): Sender {
  return {
    name: `registry/${host}`,
    types: ['application/json', 'application/cloudevents+json', ...distributionTypes],
    verify: (head) => {
      const signature = head.header('x-nexus-webhook-signature');
      if (signature !== undefined) return (body) => checkSignature(signature, secrets, body);
      checkSecret(head, host, secrets);
      return () => undefined;
    },
    read: (head, payload, body) => {
      const event = formats.reduce<ReturnType<RegistryFormat>>((found, format) => found ?? format(payload, host, head), undefined);
      const { id, packages } = event ?? { packages: [] };
      return {
        id: id !== undefined && id.length <= longestId && /^[\x21-\x7e]+$/.test(id) ? id : `sha256:${fingerprint(body)}`,
        asked: packages.length === 0 ? 'uninteresting' : packages.map((name) => ({ kind: 'scan-package', package: name })),
      };
    },
  };
}

/** Nexus signs with HMAC-SHA1: https://help.sonatype.com/en/working-with-hmac-payloads.html */
function checkSignature(signature: string, secrets: readonly string[], body: Buffer): void {
  const holds = isSignedBy(secrets, body, signature, { algorithm: 'sha1', encoding: 'hex' });
  if (!holds) throw new Refusal('bad-signature', 'the X-Nexus-Webhook-Signature is of none of the secrets');
}

/** The others send the secret along. */
function checkSecret(head: Head, host: string, secrets: readonly string[]): void {
  const authorization = head.header('authorization');
  const given = authorization === undefined ? fromAddress(head, host) : forms(authorization);
  if (given.length === 0) throw new Refusal('unsigned', 'it has no Authorization');
  const holds = given.map((one) => isOneOf(one, secrets)).includes(true);
  if (!holds) throw new Refusal('bad-signature', 'the secret that it has is none of ours');
}

/** Docker Hub can set no header and signs nothing. From anybody else an address with a secret in it, which proxies log, is not taken. */
function fromAddress({ query }: Head, host: string): readonly string[] {
  const given = host === 'docker.io' ? query.getAll('secret') : [];
  if (given.length > 1) throw new Refusal('malformed', 'the address has several secrets');
  return given;
}

/** What may be the secret: the header as it is (Harbor), what follows `Bearer`, the password of `Basic`. */
function forms(authorization: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^(\w+) +(.*)$/s.exec(authorization) ?? [];
  if (/^bearer$/i.test(scheme)) return [authorization, rest];
  if (!/^basic$/i.test(scheme)) return [authorization];
  const pair = Buffer.from(rest, 'base64').toString();
  return [authorization, pair.slice(pair.indexOf(':') + 1)];
}
