import { createHash } from 'node:crypto';
import { OutsideError } from '../../../domain/errors.ts';
import type { ReleaseDetails } from '../../../domain/release.ts';
import type { Store } from '../../../domain/store.ts';
import type { HttpReply } from '../../http/client.ts';
import type { Location } from './location.ts';
import { acceptManifests, isDigest, type Manifest, parseConfig, parseManifest } from './manifest.ts';
import type { Registries } from './registry.ts';

/** Larger ones are no manifests: registries are told to refuse them. */
const manifestLimit = 4 * 1024 * 1024;
const configLimit = 8 * 1024 * 1024;

/** Builders that want the same bytes every time write a time around 1970. */
const firstCredibleYear = 2000;

/** What a registry knows of one repository's digests. Content under a digest never changes, so it is asked for once in a lifetime. */
export class Details {
  readonly #registries: Registries;
  readonly #store: Store;

  constructor(registries: Registries, store: Store) {
    this.#registries = registries;
    this.#store = store;
  }

  /** The digest that a tag points to now; undefined when there is no such tag. By HEAD, which registries do not count as a pull. */
  async digest(at: Location, repository: string, tag: string): Promise<string | undefined> {
    const url = manifestUrl(at, repository, tag);
    const head = await this.#registries.ask(at, repository, { url, method: 'HEAD', accept: acceptManifests, ahead: true });
    const named = head.headers['docker-content-digest'];
    if (head.status === 200 && isDigest(named)) return named;
    if (head.status === 404) return undefined;
    const reply = await this.#get(at, repository, url, manifestLimit);
    return reply === undefined ? undefined : `sha256:${createHash('sha256').update(reply.body).digest('hex')}`;
  }

  /** undefined when the repository does not have the digest. Throws OutsideError, also where the content is not what the digest says. */
  async ofDigest(at: Location, repository: string, digest: string): Promise<ReleaseDetails | undefined> {
    const key = `details ${at.host}/${repository}@${digest}`;
    const known = await this.#store.get<ReleaseDetails>('oci', key);
    if (known !== undefined) return known;
    const manifest = await this.#manifest(at, repository, digest);
    if (manifest === 'missing') return undefined;
    const details = await this.#read(at, repository, digest, manifest);
    await this.#store.put('oci', key, details);
    return details;
  }

  async #manifest(at: Location, repository: string, digest: string): Promise<Manifest | 'missing' | undefined> {
    const text = await this.#content(at, repository, manifestUrl(at, repository, digest), digest, manifestLimit);
    return text === undefined ? 'missing' : parseManifest(text);
  }

  async #read(at: Location, repository: string, digest: string, manifest: Manifest | undefined): Promise<ReleaseDetails> {
    if (manifest === undefined) return { digest, labels: {} };
    if (manifest.kind === 'manifest') return this.#image(at, repository, digest, manifest);
    const main = manifest.main === undefined ? undefined : await this.#main(at, repository, manifest.main);
    const labels = { ...main?.labels, ...manifest.annotations };
    return { digest, platforms: manifest.platforms, labels, ...published(labels, main?.publishedAt) };
  }

  /** An index inside an index is not followed: a registry could nest them without end. */
  async #main(at: Location, repository: string, digest: string): Promise<ReleaseDetails | undefined> {
    const manifest = await this.#manifest(at, repository, digest);
    return manifest === 'missing' || manifest?.kind !== 'manifest' ? undefined : this.#image(at, repository, digest, manifest);
  }

  async #image(at: Location, repository: string, digest: string, manifest: Manifest & { kind: 'manifest' }): Promise<ReleaseDetails> {
    const { config, annotations } = manifest;
    const url = `${at.base}/v2/${repository}/blobs/${config?.digest ?? ''}`;
    const text =
      config === undefined || config.size > configLimit ? undefined : await this.#content(at, repository, url, config.digest, configLimit);
    const { labels: own, platform, created } = parseConfig(text ?? '');
    const labels = { ...own, ...annotations };
    return { digest, platforms: platform === undefined ? {} : { [platform]: digest }, labels, ...published(labels, created) };
  }

  /** The text under a digest, checked; undefined for a 404. */
  async #content(at: Location, repository: string, url: string, digest: string, limit: number): Promise<string | undefined> {
    const reply = await this.#get(at, repository, url, limit);
    if (reply === undefined) return undefined;
    const [algorithm = '', wanted] = digest.split(':');
    if (createHash(algorithm).update(reply.body).digest('hex') === wanted) return reply.body.toString('utf8');
    throw new OutsideError(at.host, `${at.host} sends content for ${repository}@${digest} that has another digest; it is not used`);
  }

  async #get(at: Location, repository: string, url: string, maxBytes: number): Promise<HttpReply | undefined> {
    const reply = await this.#registries.ask(at, repository, { url, accept: acceptManifests, maxBytes, ahead: true });
    if (reply.status === 200) return reply;
    if (reply.status === 404) return undefined;
    throw new OutsideError(at.host, `reading ${new URL(url).pathname} at ${at.host}: status ${reply.status}`, { status: reply.status });
  }
}

const manifestUrl = (at: Location, repository: string, reference: string): string =>
  `${at.base}/v2/${repository}/manifests/${encodeURIComponent(reference).replaceAll('%3A', ':')}`;

/** The label's time, else the configuration's, where it can be read and believed. */
function published(labels: Readonly<Record<string, string>>, created: string | undefined): { publishedAt?: string } {
  const dates = [labels['org.opencontainers.image.created'], created].map((text) => new Date(text ?? ''));
  const date = dates.find((one) => !Number.isNaN(one.getTime()) && one.getUTCFullYear() >= firstCredibleYear);
  return date === undefined ? {} : { publishedAt: date.toISOString() };
}
