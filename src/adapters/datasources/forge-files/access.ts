import { addressOf } from '../../forges/github/address.ts';

/** A forge of app.yml, as its REST API is asked. */
export interface ForgeAccess {
  readonly type: 'gitlab' | 'github';
  /** Of its pages, without a trailing slash: `https://github.com`, `https://example.com/gitlab`. */
  readonly url: string;
  /** Headers that say who asks for what lies at that path (`owner/name/…`) of the forge; sent to this forge's API and nowhere else. */
  authorization(path: string): Promise<Readonly<Record<string, string>>>;
}

/** The API that answers for a file or repository at some URL. */
export interface ForgeApi {
  readonly type: ForgeAccess['type'];
  /** `host[:port]`, under which errors are reported. */
  readonly host: string;
  /** Without a trailing slash: `https://gitlab.example.com/api/v4`. */
  readonly base: string;
  /** Path behind the forge's own address, without a leading slash. */
  readonly path: string;
  /** Whether app.yml knows it. */
  readonly known: boolean;
  authorization(): Promise<Readonly<Record<string, string>>>;
}

/** The forge of app.yml that the URL is on; without one, whoever is there is asked anonymously. The longest address wins: one forge may lie under another's. */
export function apiFor(type: ForgeAccess['type'], url: string, forges: readonly ForgeAccess[]): ForgeApi {
  const own = forges
    .filter((forge) => forge.type === type && `${url}/`.startsWith(`${forge.url}/`))
    .toSorted((a, b) => b.url.length - a.url.length)[0];
  const { origin } = new URL(url);
  const address = own?.url ?? origin;
  const base = type === 'gitlab' ? `${address}/api/v4` : addressOf(type, address).api;
  const path = url.slice(address.length + 1);
  return {
    type,
    host: new URL(base).host,
    base,
    path,
    known: own !== undefined,
    authorization: () => own?.authorization(path) ?? Promise.resolve({}),
  };
}
