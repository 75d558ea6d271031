import { bundleNameOf } from '../../../domain/bundle-name.ts';
import { isImageName } from '../../../domain/image.ts';
import { idOf } from '../head.ts';
import { at, textAt } from '../payload.ts';
import type { RegistryFormat } from './event.ts';

/** Of a repository's components or assets. https://help.sonatype.com/en/working-with-repository-webhooks.html */
export const nexus: RegistryFormat = (payload, host, head) => {
  const repository = textAt(payload, 'repositoryName');
  const part = at(payload, 'asset') ?? at(payload, 'component');
  if (repository === undefined || part === undefined) return undefined;
  const [action, format, name] = [textAt(payload, 'action'), textAt(part, 'format'), textAt(part, 'name')];
  const published = (action === 'CREATED' || action === 'UPDATED') && name !== undefined;
  const found = published ? packageOf(format, name.replace(/^\/+/, ''), host, repository) : undefined;
  return { id: idOf(head, 'x-nexus-webhook-delivery'), packages: found === undefined ? [] : [found] };
};

function packageOf(format: string | undefined, name: string, host: string, repository: string): string | undefined {
  if (format === 'raw') return bundleNameOf(host, `/repository/${repository}/${name}`);
  if (format !== 'docker') return undefined;
  // An image's component has its name; of its assets, manifests alone say that it is complete.
  const image = `${host}/${name.startsWith('v2/') ? (/^v2\/(.+)\/manifests\//.exec(name)?.[1] ?? '') : name}`;
  return isImageName(image) ? image : undefined;
}
