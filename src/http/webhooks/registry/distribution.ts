import { isImageName } from '../../../domain/image.ts';
import { at, listAt, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** Of its releases 2 and 3: the envelope is the same. */
export const distributionTypes = [1, 2].map((version) => `application/vnd.docker.distribution.events.v${version}+json`);

/** The distribution project's registry, and what is made of it (GitLab's, Zot). https://distribution.github.io/distribution/about/notifications/ */
export const distribution: RegistryFormat = (payload, host) => {
  if (!Array.isArray(at(payload, 'events'))) return undefined;
  const events = listAt(payload, 'events');
  // Layers, and the parts of an image for several platforms, have no tag.
  const pushed = events.filter((event) => textAt(event, 'action') === 'push' && textAt(event, 'target', 'tag') !== undefined);
  const packages = pushed.map((event) => `${host}/${textAt(event, 'target', 'repository')}`).filter(isImageName);
  const ids = events.map((event) => textAt(event, 'id') ?? '');
  return { id: ids.includes('') ? undefined : ids.join(' '), packages };
};
