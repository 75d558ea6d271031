import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** What app.yml knows of a host that git asks. */
export interface GitHost {
  readonly username?: string;
  readonly password?: string;
  /** Plain http may carry them. */
  readonly insecure?: boolean;
  /** PEM text of a private authority, trusted besides the public ones. */
  readonly ca?: string;
}

/**
 * Git's environment for one command. The credentials stand in it and nowhere else (not in arguments, which every user of the machine can
 * read), and git asks for them only after a 401 of this very host: a redirect takes them nowhere.
 * https://git-scm.com/docs/gitcredentials, https://git-scm.com/docs/git-config (GIT_CONFIG_COUNT)
 */
export async function withGitAccess<T>(
  url: string,
  { username, password, insecure = false, ca }: GitHost,
  work: (env: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const { origin, protocol } = new URL(url);
  const allowed = password !== undefined && (protocol === 'https:' || (protocol === 'http:' && insecure));
  const user = { LOCKKEEPER_GIT_USER: username ?? 'lockkeeper', LOCKKEEPER_GIT_PASSWORD: password ?? '' };
  const helper: Setting[] = allowed ? [[`credential.${origin}.helper`, answerFromEnvironment]] : [];
  if (ca === undefined || protocol !== 'https:') return work({ ...(allowed ? user : {}), ...settings(helper) });
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-ca-'));
  try {
    const file = join(folder, 'ca.pem');
    await writeFile(file, [...rootCertificates, ca].join('\n'));
    return await work({ ...(allowed ? user : {}), ...settings([...helper, [`http.${origin}.sslCAInfo`, file]]) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Setting = readonly [key: string, value: string];

const answerFromEnvironment =
  '!answer() { if test "$1" = get; then printf "username=%s\\npassword=%s\\n" "$LOCKKEEPER_GIT_USER" "$LOCKKEEPER_GIT_PASSWORD"; fi; }; answer';

function settings(all: readonly Setting[]): Record<string, string> {
  const pairs = all.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(all.length)], ...pairs]) as Record<string, string>;
}
