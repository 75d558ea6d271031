import { isImageName } from '../../../domain/image.ts';
import { at, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** https://docs.docker.com/docker-hub/repos/manage/webhooks/ (its `callback_url` is never called) */
export const dockerHub: RegistryFormat = (payload, host) => {
  if (at(payload, 'push_data') === undefined) return undefined;
  const image = `${host}/${textAt(payload, 'repository', 'repo_name')}`;
  return { packages: isImageName(image) ? [image] : [] };
};
