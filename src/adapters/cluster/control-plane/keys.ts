import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What the API server reads, by its name in the folder. */
export const keyFiles = { serviceAccounts: 'service-accounts.pem', tokens: 'tokens.csv', certificates: 'certificates' } as const;

/** Writes the key that service accounts' tokens are signed with, and the token of the one user, who may do everything: gives that token. */
export async function writeKeys(folder: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' });
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  await mkdir(join(folder, keyFiles.certificates), { mode: 0o700 });
  await write(keyFiles.serviceAccounts, privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  await write(keyFiles.tokens, `${token},lockkeeper,lockkeeper,system:masters\n`);
  return token;
}
