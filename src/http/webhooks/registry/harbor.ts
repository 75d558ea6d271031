import { isImageName } from '../../../domain/image.ts';
import { at, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** Harbor's own format, and the CloudEvents one that it has since 2.8. https://goharbor.io/docs/main/working-with-projects/project-configuration/configure-webhooks/ */
export const harbor: RegistryFormat = (payload, host) => {
  const type = textAt(payload, 'type');
  const data = at(payload, 'event_data') ?? at(payload, 'data');
  if (type === undefined || data === undefined) return undefined;
  const image = `${host}/${textAt(data, 'repository', 'repo_full_name')}`;
  const pushed = (type === 'PUSH_ARTIFACT' || type === 'harbor.artifact.pushed') && isImageName(image);
  return { id: textAt(payload, 'specversion') && textAt(payload, 'id'), packages: pushed ? [image] : [] };
};
