import type { Readable } from 'node:stream';
import { OutsideError, RefusedError } from '../../domain/errors.ts';
import type { HttpClient } from '../http/client.ts';
import { apiFor, type ForgeAccess } from './forge-files/access.ts';
import { githubAsset } from './forge-files/github.ts';

/** Bytes, packed. */
const largestBundle = 64 * 1024 * 1024;

/**
 * The bytes of a bundle; undefined when there is none at this URL. A file of a forge of app.yml is asked for with that forge's token, which
 * no redirect carries elsewhere; the longest address wins, one forge may lie under another's. GitHub's pages know no tokens: a release's file
 * is asked of its API. Throws OutsideError.
 */
export async function downloadBundle(
  http: Pick<HttpClient, 'stream' | 'request'>,
  forges: readonly ForgeAccess[],
  url: string,
): Promise<Readable | undefined> {
  const forge = forges.filter((one) => url.startsWith(`${one.url}/`)).toSorted((a, b) => b.url.length - a.url.length)[0];
  const asset = forge?.type === 'github' ? await githubAsset(http, apiFor('github', url, [forge]), url) : undefined;
  if (asset === 'missing') return undefined;
  const place = asset ?? { url, headers: (await forge?.authorization(url.slice(forge.url.length + 1))) ?? {} };
  const { status, body } = await http.stream({ ...place, maxBytes: largestBundle });
  if (status === 200) return body;
  body.destroy();
  if (status === 404) return undefined;
  const { host, pathname } = new URL(url);
  const what = `GET ${host}${pathname} was answered ${status}`;
  if (status !== 401 && status !== 403) throw new OutsideError(host, what, { status });
  const who = forge === undefined ? `registries["${host}"] needs a user` : `the forge at ${forge.url} needs a token`;
  throw new RefusedError(host, `${what}; in app.yml ${who} that may read it`, { status });
}
