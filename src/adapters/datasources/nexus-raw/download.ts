import type { Readable } from 'node:stream';
import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { HttpClient } from '../../http/client.ts';

/** Bytes, packed. */
const largestBundle = 64 * 1024 * 1024;

/** The bytes of a bundle; undefined when there is none at this URL. `headers` authorize where the host's own settings do not. Throws OutsideError. */
export async function downloadBundle(
  http: Pick<HttpClient, 'stream'>,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Readable | undefined> {
  const { status, body } = await http.stream({ url, headers, maxBytes: largestBundle });
  if (status === 200) return body;
  body.destroy();
  if (status === 404) return undefined;
  const { host, pathname } = new URL(url);
  const what = `GET ${host}${pathname} was answered ${status}`;
  if (status !== 401 && status !== 403) throw new OutsideError(host, what, { status });
  throw new RefusedError(host, `${what}; registries["${host}"] in app.yml needs a user who may read this repository`, { status });
}
