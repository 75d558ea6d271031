import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

export interface Seal {
  /** Text that nobody else can read, make or change, and that opens for `seconds`. */
  close(content: Readonly<Record<string, string>>, seconds: number): Promise<string>;
  /** Undefined for whatever was not sealed so, or is too old. */
  open(text: string): Promise<Readonly<Record<string, unknown>> | undefined>;
}

/** What is sealed for one purpose opens for no other. https://www.rfc-editor.org/rfc/rfc7516 */
export function createSeal(secret: string, purpose: string, now: () => Date): Seal {
  const key = keyFor(secret, purpose);
  const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
  return {
    close: (content, seconds) =>
      new EncryptJWT(content)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(Math.floor(now().getTime() / 1000) + seconds)
        .encrypt(key),
    async open(text) {
      try {
        return (await jwtDecrypt(text, key, { ...allowed, currentDate: now(), requiredClaims: ['exp'] })).payload;
      } catch {
        return undefined;
      }
    },
  };
}

export interface FormTokens {
  /** Another one for each page, so that a compressed page does not give it away (BREACH). */
  tokenFor(session: string): string;
  isOf(session: string, token: string): boolean;
}

/** What forms carry: nobody without the key can make one for a session. */
export function createFormTokens(secret: string): FormTokens {
  const key = keyFor(secret, 'forms');
  const signed = (session: string, salt: string) => createHmac('sha256', key).update(`${salt}.${session}`).digest('base64url');
  return {
    tokenFor(session) {
      const salt = randomBytes(12).toString('base64url');
      return `${salt}.${signed(session, salt)}`;
    },
    isOf(session, token) {
      const [salt = '', given = ''] = token.split('.');
      const [a, b] = [Buffer.from(given), Buffer.from(signed(session, salt))];
      return a.length === b.length && timingSafeEqual(a, b);
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc5869 */
const keyFor = (secret: string, purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', `lockkeeper ${purpose}`, 32));
