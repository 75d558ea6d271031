import { UsageError } from '../../../domain/errors.ts';

export interface Address {
  /** Of GitHub's pages, without a trailing slash. */
  readonly url: string;
  /** Of its REST API, without a trailing slash. */
  readonly api: string;
}

/**
 * `https://github.com` has its API at another host, as has `https://NAME.ghe.com`; an Enterprise Server under `/api/v3`.
 * https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
 */
export function addressOf(name: string, url: string): Address {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`forges.${name}.url: ${url} is not an address; write one like https://github.com`);
  }
  const base = `${parsed.origin}${parsed.pathname}`.replace(/(?<!\/)\/+$/, '');
  const ownHost = parsed.hostname === 'github.com' || parsed.hostname.endsWith('.ghe.com');
  return { url: base, api: ownHost ? `${parsed.protocol}//api.${parsed.host}` : `${base}/api/v3` };
}

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** Takes `owner/name` apart; undefined when it is not of that form. */
export function repositoryOf(path: string): Repository | undefined {
  const [owner = '', repo = '', ...rest] = path.split('/');
  return owner === '' || repo === '' || rest.length > 0 ? undefined : { owner, repo };
}
