import { createHash } from 'node:crypto';
import { type Content, type ImageContents, imageContents, type PublishedImage } from './image.ts';
import { type Loopback, type LoopbackOptions, type Reply, serveLoopback } from './loopback.ts';

/** A read-only registry of the distribution specification: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export interface Registry extends Loopback {
  /** A tag that exists is moved, and its old image forgotten. */
  publish(repository: string, tag: string, image: PublishedImage): void;
  /** `sha256:…` that the tag points to; undefined when there is none. */
  digest(repository: string, tag: string): string | undefined;
}

export interface RegistryOptions extends LoopbackOptions {
  /** The most tags in one answer, whatever the client asks for. */
  readonly pageSize?: number;
}

/** Throws UsageError when the port is taken. */
export async function startRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const repositories = new Map<string, Repository>();
  const server = await serveLoopback((url) => answer(repositories, url, options.pageSize ?? 1000), options);
  return {
    ...server,
    publish(repository, tag, image) {
      const found = repositories.get(repository) ?? new Repository();
      repositories.set(repository, found);
      found.publish(tag, image);
    },
    digest: (repository, tag) => repositories.get(repository)?.manifest(tag)?.digest,
  };
}

/** Keeps what was published and computes manifests when they are asked for: 20,000 tags cost 20,000 names. */
class Repository {
  readonly #images = new Map<string, PublishedImage>();
  readonly #byDigest = new Map<string, PublishedImage>();
  #allByDigest = false;
  #tags: string[] | undefined;

  publish(tag: string, image: PublishedImage): void {
    this.#images.set(tag, image);
    this.#tags = undefined;
    this.#allByDigest = false;
    this.#byDigest.clear();
  }

  /** In the order that the specification asks for. */
  get tags(): readonly string[] {
    this.#tags ??= [...this.#images.keys()].sort((a, b) => (a < b ? -1 : 1));
    return this.#tags;
  }

  manifest(reference: string): Content | undefined {
    const image = this.#images.get(reference);
    if (image !== undefined) return this.#remember(image).top;
    return this.#contents(reference)?.manifests.find(({ digest }) => digest === reference);
  }

  blob(digest: string): Content | undefined {
    return this.#contents(digest)?.blobs.find((blob) => blob.digest === digest);
  }

  /** What is asked for by digest was mostly asked for by tag just before; only else are all images gone through, once. */
  #contents(digest: string): ImageContents | undefined {
    if (!this.#byDigest.has(digest) && !this.#allByDigest) {
      for (const image of this.#images.values()) this.#remember(image);
      this.#allByDigest = true;
    }
    const image = this.#byDigest.get(digest);
    return image && imageContents(image);
  }

  #remember(image: PublishedImage): ImageContents {
    const contents = imageContents(image);
    for (const { digest } of [...contents.manifests, ...contents.blobs]) this.#byDigest.set(digest, image);
    return contents;
  }
}

function answer(repositories: ReadonlyMap<string, Repository>, url: URL, pageSize: number): Reply {
  if (url.pathname === '/v2/') return { status: 200, headers: jsonType, body: '{}' };
  const [, name = '', kind = '', reference = ''] = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? [];
  if (kind === '') return problem('UNSUPPORTED', 'this registry answers tags, manifests and blobs');
  const repository = repositories.get(name);
  if (repository === undefined) return problem('NAME_UNKNOWN', 'repository name not known to registry', { name });
  if (kind === 'tags') return tagList(name, repository.tags, url.searchParams, pageSize);
  const found = kind === 'manifests' ? repository.manifest(reference) : repository.blob(reference);
  if (found !== undefined) return contentReply(found);
  return kind === 'manifests'
    ? problem('MANIFEST_UNKNOWN', 'manifest unknown', { name, reference })
    : problem('BLOB_UNKNOWN', 'blob unknown to registry', { digest: reference });
}

function tagList(name: string, tags: readonly string[], query: URLSearchParams, pageSize: number): Reply {
  const wanted = Number(query.get('n') ?? pageSize);
  if (!Number.isInteger(wanted) || wanted < 0) return problem('PAGINATION_NUMBER_INVALID', 'invalid number of results requested', {}, 400);
  const last = query.get('last') ?? '';
  const start = last === '' ? 0 : firstAfter(tags, last);
  const page = tags.slice(start, start + Math.min(wanted, pageSize));
  const body = JSON.stringify({ name, tags: page });
  const next = new URLSearchParams({ n: `${page.length}`, last: page.at(-1) ?? '' });
  const more = page.length > 0 && start + page.length < tags.length;
  return {
    status: 200,
    headers: {
      ...jsonType,
      etag: `"${createHash('sha256').update(body).digest('hex')}"`,
      ...(more && { link: `</v2/${name}/tags/list?${next.toString()}>; rel="next"` }),
    },
    body,
  };
}

function firstAfter(tags: readonly string[], last: string): number {
  let [low, high] = [0, tags.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tags[middle] ?? '') <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

const contentReply = ({ digest, mediaType, body }: Content): Reply => ({
  status: 200,
  headers: { 'content-type': mediaType, 'docker-content-digest': digest, etag: `"${digest}"` },
  body,
});

const jsonType = { 'content-type': 'application/json' };

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function problem(code: string, message: string, detail: Readonly<Record<string, string>> = {}, status = 404): Reply {
  return { status, headers: jsonType, body: JSON.stringify({ errors: [{ code, message, detail }] }) };
}
