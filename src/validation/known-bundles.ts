import { bundleNameOf } from '../domain/bundle-name.ts';
import type { Environment } from '../domain/environment.ts';

/**
 * Whether a bundle is one of the environment's, in this version or another. What somebody asks for who has no rights here must not be fetched
 * with our credentials, nor from where only we can reach.
 */
export function knownBundles({ manifests }: Environment): (url: string) => boolean {
  const names = new Set(manifests.flatMap((one) => ('url' in one ? [nameOf(one.url)] : [])));
  return (url) => names.has(nameOf(url));
}

function nameOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${bundleNameOf(host, pathname) ?? `${host}${pathname}`}`;
}
