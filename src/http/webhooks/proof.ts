import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const sha256 = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** For names of things: 64 hex digits. Parts are kept apart. */
export const fingerprint = (...parts: readonly (string | Buffer)[]): string =>
  createHash('sha256')
    .update(Buffer.concat(parts.map(sha256)))
    .digest('hex');

/**
 * Whether the text is one of the secrets. Hashes of one length are compared, all of them, to the end: the time that it takes says
 * neither how long a secret is nor how much of it was right.
 */
export function isOneOf(text: string, secrets: readonly string[]): boolean {
  const given = sha256(text);
  return secrets.map((secret) => timingSafeEqual(given, sha256(secret))).includes(true);
}

/** Whether the signature is that of the message under one of the keys. */
export function isSignedBy(
  keys: readonly (string | Buffer)[],
  message: Buffer,
  signature: string,
  { algorithm, encoding }: { readonly algorithm: 'sha1' | 'sha256'; readonly encoding: 'hex' | 'base64' },
): boolean {
  const expected = keys.map((key) => createHmac(algorithm, key).update(message).digest(encoding));
  return isOneOf(signature, expected);
}
