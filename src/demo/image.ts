import { createHash } from 'node:crypto';

export interface PublishedImage {
  /** Of the image's configuration, `org.opencontainers.image.*` and the like. */
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339, UTC. */
  readonly created: string;
  /** `linux/amd64`, …: an index over them; one manifest without. `unknown/unknown` is an attestation, as BuildKit writes it. */
  readonly platforms?: readonly string[];
}

export interface Content {
  /** `sha256:…` of the body. */
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** What a registry holds for one image: its top manifest, and everything that it points to. */
export interface ImageContents {
  readonly top: Content;
  readonly manifests: readonly Content[];
  readonly blobs: readonly Content[];
}

/** https://github.com/opencontainers/image-spec/blob/main/media-types.md */
const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** An empty tar, gzipped: the bytes that every builder writes for it, so that its digest is the well-known one. */
const emptyLayer = content(types.layer, Buffer.from('H4sIAAAJbogA/2IYBaNgFIxYAAgAAP//Lq+17wAEAAA=', 'base64'));
const emptyLayerUnpacked = sha256(Buffer.alloc(1024));

function sha256(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

/** The same image gives the same digests, always and everywhere. */
export function imageContents(image: PublishedImage): ImageContents {
  const platforms = image.platforms ?? [];
  if (platforms.length === 0) {
    const single = platformImage(image, 'linux/amd64');
    return { top: single.manifest, manifests: [single.manifest], blobs: [single.config, emptyLayer] };
  }
  const parts = platforms.map((platform) => ({ platform, ...platformImage(image, platform) }));
  const subject = parts[0]?.manifest.digest ?? '';
  const manifests = parts.map(({ platform, manifest }) => ({
    ...descriptor(manifest),
    platform: platformObject(platform),
    ...(platform === 'unknown/unknown' && {
      annotations: { 'vnd.docker.reference.digest': subject, 'vnd.docker.reference.type': 'attestation-manifest' },
    }),
  }));
  const top = json(types.index, { schemaVersion: 2, mediaType: types.index, manifests });
  return { top, manifests: [top, ...parts.map((part) => part.manifest)], blobs: [...parts.map((part) => part.config), emptyLayer] };
}

function platformImage(image: PublishedImage, platform: string): { manifest: Content; config: Content } {
  const config = json(types.config, {
    created: image.created,
    ...platformObject(platform),
    config: { Env: ['PATH=/usr/local/bin:/usr/bin:/bin'], Labels: image.labels },
    rootfs: { type: 'layers', diff_ids: [emptyLayerUnpacked] },
    history: [{ created: image.created, created_by: 'COPY /app /app' }],
  });
  const manifest = { schemaVersion: 2, mediaType: types.manifest, config: descriptor(config), layers: [descriptor(emptyLayer)] };
  return { manifest: json(types.manifest, manifest), config };
}

function platformObject(platform: string): { architecture: string; os: string } {
  const [os = '', architecture = ''] = platform.split('/');
  return { architecture, os };
}

const descriptor = ({ mediaType, digest, body }: Content) => ({ mediaType, digest, size: body.length });

function content(mediaType: string, body: Uint8Array): Content {
  return { mediaType, body, digest: sha256(body) };
}

const json = (mediaType: string, value: unknown): Content => content(mediaType, Buffer.from(JSON.stringify(value)));
