import type { Registry } from '../../src/demo/registry.ts';

export const host = ({ url }: Registry): string => new URL(url).host;

/** A manifest as people write them, with the image on line 10. */
export const deployment = (image: string): string => `# who runs this: payments
apiVersion: apps/v1
kind: Deployment
metadata: { name: billing }
spec:
  template:
    spec:
      containers:
        - name: app
          image: "${image}" # moved by lockkeeper
`;

/** An image without labels under each of the tags. */
export function publish(registry: Registry, repository: string, ...tags: readonly string[]): void {
  for (const tag of tags) registry.publish(repository, tag, { labels: {}, created: '2026-11-01T00:00:00Z' });
}
