import { createHash } from 'node:crypto';

/** Bytes with their digest and media type, as a registry keeps them. */
export interface Content {
  readonly type: string;
  readonly text: string;
  readonly digest: string;
}

export const family = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
  },
} as const;

export function content(type: string, value: unknown): Content {
  const text = JSON.stringify(value);
  return { type, text, digest: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

export interface ImageOptions {
  readonly family?: keyof typeof family;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly created?: string;
  readonly architecture?: string;
  readonly variant?: string;
}

export interface Image {
  readonly manifest: Content;
  readonly config: Content;
  readonly descriptor: Readonly<Record<string, unknown>>;
}

/** An image without layers. */
export function image({
  family: kind = 'oci',
  labels = {},
  annotations,
  created,
  architecture = 'amd64',
  variant,
}: ImageOptions = {}): Image {
  const types = family[kind];
  const platform = { architecture, os: 'linux', ...(variant === undefined ? {} : { variant }) };
  const config = content(types.config, { ...platform, created, config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: [] } });
  const manifest = content(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: config.digest, size: config.text.length },
    layers: [],
    annotations,
  });
  const descriptor = { mediaType: types.manifest, digest: manifest.digest, size: manifest.text.length, platform };
  return { manifest, config, descriptor };
}

/** An index of the images, in the order given. */
export function index(
  images: readonly Image[],
  kind: keyof typeof family = 'oci',
  annotations?: Readonly<Record<string, string>>,
): Content {
  const descriptors = images.map(({ descriptor }) => descriptor);
  return content(family[kind].index, { schemaVersion: 2, mediaType: family[kind].index, manifests: descriptors, annotations });
}

/** The descriptor under which buildx keeps provenance beside an image. https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
export function attestation(of: Image, kept: Image): Image {
  const descriptor = {
    ...kept.descriptor,
    platform: { architecture: 'unknown', os: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of.manifest.digest },
  };
  return { ...kept, descriptor };
}
