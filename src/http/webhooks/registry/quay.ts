import { isImageName } from '../../../domain/image.ts';
import { at, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** "Push to Repository". https://docs.quay.io/guides/notifications.html */
export const quay: RegistryFormat = (payload, host) => {
  if (textAt(payload, 'docker_url') === undefined || !Array.isArray(at(payload, 'updated_tags'))) return undefined;
  const image = `${host}/${textAt(payload, 'repository')}`;
  return { packages: isImageName(image) ? [image] : [] };
};
