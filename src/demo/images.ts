import type { DemoApp } from './app.ts';
import type { PublishedImage } from './image.ts';
import { type Ports, pagesUrl } from './places.ts';

export interface TaggedImage {
  readonly repository: string;
  readonly tag: string;
  readonly image: PublishedImage;
}

/**
 * Every image that an app's pipeline has published: one per version and variant, `latest`, and one named after each commit.
 * `revisions`: the repository's tag → its commit.
 */
export function imagesOf(app: DemoApp, revisions: ReadonlyMap<string, string>, ports: Ports): readonly TaggedImage[] {
  const source = app.sourceLabel === 'local' ? `local:apps/${app.name}` : `${pagesUrl(ports)}/apps/${app.name}`;
  const versions = app.releases.flatMap(({ version, date }) => {
    const revision = revisions.get(app.tagPrefix + version) ?? '';
    return (app.variants ?? ['']).flatMap((variant) => {
      const name = `${app.imageTagPrefix ?? ''}${version}${variant}`;
      const image = {
        labels: {
          'org.opencontainers.image.title': app.name,
          'org.opencontainers.image.source': source,
          'org.opencontainers.image.revision': revision,
          'org.opencontainers.image.version': name,
        },
        created: `${date}T09:41:00Z`,
        ...(app.platforms && { platforms: app.platforms }),
      };
      return [name, `${revision.slice(0, 8)}${variant}`].map((tag) => ({
        repository: app.image,
        tag,
        image,
        final: !version.includes('-'),
      }));
    });
  });
  const newest = versions.findLast(({ final }) => final);
  return newest === undefined ? versions : [...versions, { ...newest, tag: 'latest' }];
}

/** Images of other people, without a word about their source. Repository → tag → day of publication. */
export function foreignImages(published: Readonly<Record<string, Readonly<Record<string, string>>>>): readonly TaggedImage[] {
  return Object.entries(published).flatMap(([repository, tags]) =>
    Object.entries(tags).map(([tag, date]) => ({ repository, tag, image: foreignImage(tag, date) })),
  );
}

export const foreignImage = (tag: string, date: string): PublishedImage => ({
  labels: { maintainer: 'somebody@example.org', 'org.opencontainers.image.version': tag },
  created: `${date}T04:12:00Z`,
  platforms: ['linux/amd64', 'linux/arm64'],
});
