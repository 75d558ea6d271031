import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import type { Store } from '../../../domain/store.ts';
import type { HttpClient } from '../../http/client.ts';
import { conditions } from '../../http/conditional.ts';
import { basicCredentials } from '../credentials.ts';
import type { DatasourceOptions, RegistrySettings } from '../registry-settings.ts';
import { type Entry, readEntry } from './entry.ts';
import { cutIndex, type IndexText } from './index-text.ts';

const space = 'helm';

/** Bytes; the largest public index has about 30 MB. */
const largest = 64 * 1024 * 1024;
const timeoutMs = 300_000;

/** How long an index serves every chart in it: as long as a scan. Milliseconds. */
const sharedFor = 120_000;

/** What is known of an index in this scan: which edition it is, and its text where it had to be sent. */
interface Edition {
  /** ETag or modification time; absent where the server names none. */
  readonly validator?: string;
  readonly text?: IndexText;
}

/** What was read of one chart of one edition. */
interface Kept {
  readonly validator: string;
  readonly entries: readonly Entry[];
}

/** Indexes of chart repositories. A body is sent and cut only when it changed; what was read of a chart is kept with the edition's ETag. */
export class Indexes {
  readonly #http: HttpClient;
  readonly #store: Store;
  readonly #registries: Readonly<Record<string, RegistrySettings>>;
  readonly #editions = new Map<string, { readonly until: number; readonly edition: Promise<Edition> }>();

  constructor({ http, store, registries }: DatasourceOptions) {
    this.#http = http;
    this.#store = store;
    this.#registries = registries;
  }

  /** All versions of a chart; none when the index does not have it. Throws OutsideError. */
  async chart(repository: string, chart: string): Promise<readonly Entry[]> {
    const key = `chart ${repository} ${chart}`;
    const edition = await this.#shared(repository, () => this.#changed(repository));
    if (edition.text !== undefined) return this.#read(repository, chart, edition);
    const kept = await this.#store.get<Kept>(space, key);
    if (kept !== undefined && kept.validator === edition.validator) return kept.entries;
    return this.#read(repository, chart, await this.#shared(`whole ${repository}`, () => this.#whole(repository, {})));
  }

  async #read(repository: string, chart: string, { validator, text }: Edition): Promise<readonly Entry[]> {
    const index = indexUrl(repository);
    const byVersion = new Map<string, Entry>();
    for (const item of (await text?.chart(chart)) ?? []) {
      const entry = readEntry(item, index);
      if (entry !== undefined && !byVersion.has(entry.version)) byVersion.set(entry.version, entry);
    }
    const entries = [...byVersion.values()];
    if (validator !== undefined) await this.#store.put(space, `chart ${repository} ${chart}`, { validator, entries } satisfies Kept);
    return entries;
  }

  /** Without a text when it is the edition that was seen last. */
  async #changed(repository: string): Promise<Edition> {
    const known = await this.#store.get<Readonly<Record<string, string>>>(space, `index ${repository}`);
    const edition = await this.#whole(repository, conditions(known ?? {}));
    return edition.text === undefined ? { validator: validatorOf(known ?? {}) ?? '' } : edition;
  }

  async #whole(repository: string, condition: Readonly<Record<string, string>>): Promise<Edition> {
    const url = indexUrl(repository);
    const { host } = new URL(url);
    const headers = { accept: 'application/x-yaml, text/yaml, */*;q=0.5', ...condition, ...basicCredentials(this.#registries, url) };
    const reply = await this.#http.request({ url, headers, maxBytes: largest, timeoutMs });
    if (reply.status === 304) return {};
    if (reply.status !== 200) throw refusal(host, url, reply.status);
    const text = cutIndex(reply.body.toString('utf8'));
    if (text === undefined)
      throw new RefusedError(host, `${url}: the reply is no index of a chart repository; check the repository's address`);
    const validators = Object.fromEntries(
      ['etag', 'last-modified'].flatMap((name) => (reply.headers[name] ? [[name, reply.headers[name]]] : [])),
    );
    await this.#store.put(space, `index ${repository}`, validators);
    const validator = validatorOf(validators);
    return { text, ...(validator !== undefined && { validator }) };
  }

  #shared(key: string, ask: () => Promise<Edition>): Promise<Edition> {
    const now = Date.now();
    for (const [name, { until }] of this.#editions) if (until <= now) this.#editions.delete(name);
    const edition = this.#editions.get(key)?.edition ?? ask();
    if (!this.#editions.has(key)) this.#editions.set(key, { until: now + sharedFor, edition });
    return edition;
  }
}

const validatorOf = (headers: Readonly<Record<string, string>>): string | undefined => headers['etag'] ?? headers['last-modified'];

const indexUrl = (repository: string): string => `${repository.replace(/(?<!\/)\/+$/, '')}/index.yaml`;

function refusal(host: string, url: string, status: number): OutsideError {
  const what = `GET ${url}: status ${status}`;
  if (status === 404) return new RefusedError(host, `${what}; there is no chart repository at this address`, { status });
  if (status !== 401 && status !== 403) return new OutsideError(host, what, { status });
  return new RefusedError(host, `${what}; set username and password of registries["${host}"], or what that user may read`, { status });
}
