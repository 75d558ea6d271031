import { isImageName } from '../../../domain/image.ts';
import { at, isPayload, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** "Push to Repository"; older ones tell the tags by name, with their images. https://docs.redhat.com/en/documentation/red_hat_quay/3.3/html/use_red_hat_quay/repository_notifications */
export const quay: RegistryFormat = (payload, host) => {
  const tags = at(payload, 'updated_tags');
  if (textAt(payload, 'docker_url') === undefined || (!Array.isArray(tags) && !isPayload(tags))) return undefined;
  const image = `${host}/${textAt(payload, 'repository')}`;
  return { packages: isImageName(image) ? [image] : [] };
};
