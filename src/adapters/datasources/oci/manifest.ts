import { parseJson } from '../../http/json.ts';

const indexTypes = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'];
const manifestTypes = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];

/** Both families of both kinds: a registry that does not see its own type among them answers 404, or converts and changes the digest. */
export const acceptManifests = [...indexTypes, ...manifestTypes].join(', ');

/** What is read of an index or manifest. https://github.com/opencontainers/image-spec/blob/main/image-index.md, …/manifest.md */
export type Manifest =
  | {
      readonly kind: 'index';
      /** Digest per platform, attestations left out. */
      readonly platforms: Readonly<Record<string, string>>;
      /** The one whose configuration speaks for all: linux/amd64, else the first. */
      readonly main?: string;
      readonly annotations: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'manifest';
      readonly config?: { readonly digest: string; readonly size: number };
      readonly annotations: Readonly<Record<string, string>>;
    };

type Json = Readonly<Record<string, unknown>>;

export const isDigest = (text: unknown): text is string =>
  typeof text === 'string' && /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(text);

/** undefined for what is neither (a schema 1 manifest, an error page). */
export function parseManifest(text: string): Manifest | undefined {
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const annotations = strings(json['annotations']);
  if (Array.isArray(json['manifests'])) return readIndex(json['manifests'], annotations);
  if (json['schemaVersion'] !== 2) return undefined;
  const config = object(json['config']);
  const digest = config?.['digest'];
  if (!isDigest(digest)) return { kind: 'manifest', annotations };
  const size = config?.['size'];
  return { kind: 'manifest', config: { digest, size: typeof size === 'number' ? size : 0 }, annotations };
}

/** What is read of an image's configuration. https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfig {
  readonly labels: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly created?: string;
}

export function parseConfig(text: string): ImageConfig {
  const json = parseObject(text) ?? {};
  const platform = platformName(json);
  const created = json['created'];
  return {
    labels: strings(object(json['config'])?.['Labels']),
    ...(platform === undefined ? {} : { platform }),
    ...(typeof created === 'string' ? { created } : {}),
  };
}

function readIndex(descriptors: readonly unknown[], annotations: Readonly<Record<string, string>>): Manifest {
  const images = descriptors.flatMap((value) => {
    const descriptor = object(value);
    const digest = descriptor?.['digest'];
    return descriptor === undefined || !isDigest(digest) || isAttestation(descriptor) ? [] : [{ digest, descriptor }];
  });
  const platforms: Record<string, string> = {};
  for (const { digest, descriptor } of images) {
    const name = platformName(object(descriptor['platform']) ?? {});
    if (name !== undefined) platforms[name] ??= digest;
  }
  const main = platforms['linux/amd64'] ?? Object.values(platforms)[0] ?? images[0]?.digest;
  return { kind: 'index', platforms, annotations, ...(main === undefined ? {} : { main }) };
}

/** https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
function isAttestation(descriptor: Json): boolean {
  const platform = object(descriptor['platform']);
  const type = descriptor['mediaType'];
  return (
    object(descriptor['annotations'])?.['vnd.docker.reference.type'] === 'attestation-manifest' ||
    (platform?.['os'] === 'unknown' && platform['architecture'] === 'unknown') ||
    typeof type !== 'string' ||
    !manifestTypes.includes(type)
  );
}

/** `linux/arm64`, `linux/arm/v7`, `windows/amd64:10.0.17763.1`; arm64's only variant goes without saying. */
function platformName(of: Json): string | undefined {
  const { os, architecture, variant, 'os.version': version } = of;
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === '' || architecture === '') return undefined;
  const part = (value: unknown, sign: string): string => (typeof value === 'string' && value !== '' ? `${sign}${value}` : '');
  const said = architecture === 'arm64' && variant === 'v8' ? undefined : variant;
  return `${os}/${architecture}${part(said, '/')}${part(version, ':')}`;
}

const parseObject = (text: string): Json | undefined => object(parseJson(text));

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function strings(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(object(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
