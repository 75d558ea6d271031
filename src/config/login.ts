import { isMapping, keyPath, pointer, valueAt } from './key.ts';
import type { Mistake } from './problem.ts';
import type { TextRule } from './said.ts';
import { isGuessable } from './webhook-secret.ts';

/** Characters: https://www.rfc-editor.org/rfc/rfc7518#section-5.3 wants a key of 256 bits. */
const shortest = 32;

/** What sessions are sealed with. Never shown. */
export const loginSecret: TextRule = (text) =>
  text.length >= shortest && !isGuessable(text)
    ? undefined
    : { expected: `a secret of at least ${shortest} characters, without blanks, that nobody guesses (openssl rand -hex 32 makes one)` };

/** Stands in addresses. */
export const providerName: TextRule = (text) =>
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/.test(text)
    ? undefined
    : { expected: 'a name of letters, digits, - and _, as it stands in the address of its callback' };

/** A code on its way back, and what is asked of the provider, must not be read on the way. https://openid.net/specs/openid-connect-core-1_0.html#Terminology */
export const issuer: TextRule = (text) => {
  const url = URL.parse(text);
  const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return (url?.protocol === 'https:' || isLocal) && url?.search === '' && url.hash === '' && url.username === '' && url.password === ''
    ? undefined
    : { expected: 'a URL that begins with https://, without user, ? and #' };
};

/** Providers and forges that do not fit together. */
export function loginContradictions(document: unknown): Mistake[] {
  const providers = valueAt(document, '/server/login/providers');
  if (!isMapping(providers)) return [];
  return Object.entries(providers).flatMap(([name, provider]) => {
    if (!isMapping(provider) || typeof provider['forge'] !== 'string') return [];
    const forge = valueAt(document, pointer(['forges', provider['forge']]));
    const at = `/server/login/providers${pointer([name])}`;
    return isMapping(forge) ? contradiction(at, provider, forge) : [];
  });
}

type Keys = Readonly<Record<string, unknown>>;

function contradiction(at: string, provider: Keys, forge: Keys): Mistake[] {
  const named = keyPath(pointer(['forges', String(provider['forge'])]));
  if (forge['type'] === 'local')
    return [
      {
        at: `${at}/forge`,
        message: `${named} is a local forge, which has no list of people: everybody whom the provider knows could do everything`,
      },
    ];
  if (provider['type'] === 'github' && forge['type'] !== 'github')
    return [{ at: `${at}/forge`, message: `${named} is no GitHub: who logs in there is known to no other forge` }];
  if (provider['type'] !== 'oidc' || 'username' in provider || isSameGitLab(provider['issuer'], forge)) return [];
  return [
    {
      at: `${at}/forge`,
      message: `needs username beside it: the claim that holds a person's user name at ${named}, as the issuer is another place`,
    },
  ];
}

/** Its `sub` is then the number of the user: https://docs.gitlab.com/integration/openid_connect_provider/#shared-information */
const isSameGitLab = (issuer: unknown, { type, url }: Keys): boolean =>
  type === 'gitlab' && bare(issuer) !== undefined && bare(issuer) === bare(url);

const bare = (url: unknown): string | undefined => (typeof url === 'string' ? URL.parse(url)?.href.replace(/(?<!\/)\/+$/, '') : undefined);
