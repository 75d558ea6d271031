import type { Finding, ObjectId, Place } from '../../domain/finding.ts';
import type { ForgeTraits } from '../../domain/forge.ts';
import { safeHref } from '../../markdown/links.ts';

/** `Deployment shop/web`, as people say it. */
export const objectTitle = ({ kind, namespace, name }: ObjectId): string => `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** `Deployment shop/web: unknown field "spec.replicass"` */
export const sentence = ({ object, message }: Finding): string => (object === undefined ? message : `${objectTitle(object)}: ${message}`);

/** `billing-1.6.0` of `https://nexus.example.com/repository/manifests/billing/billing-1.6.0.tar.gz`. */
export function bundleTitle(url: string): string {
  const last =
    url
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  return last.replace(/\.(?:tar(?:\.\w{1,4})?|tgz|zip|ya?ml)$/i, '') || url;
}

/** Inside the bundle; the file itself where there is none. */
export const pathInBundle = ({ file, bundle }: Place): string =>
  bundle !== undefined && file.startsWith(`${bundle}!/`) ? file.slice(bundle.length + 2) : file;

/** `manifests/web.yaml:12`, or `billing-1.6.0 deployment.yaml:31`. */
export const placeText = (place: Place): string =>
  place.bundle === undefined ? `${place.file}:${place.line}` : `${bundleTitle(place.bundle)} ${pathInBundle(place)}:${place.line}`;

/** All that is to be said at the line of `inRepository`. */
export const remark = (finding: Finding): string =>
  `${finding.bundle === undefined ? '' : `${placeText(finding)}: `}${sentence(finding)}${finding.help === undefined ? '' : `\n${finding.help}`}`;

/** The place in the repository that is to be looked at: for what is in a bundle, the line of environment.yml that names it. */
export const inRepository = (
  { file, line, bundle }: Place,
  bundles: ReadonlyMap<string, number>,
): { readonly file: string; readonly line: number } =>
  bundle === undefined ? { file, line } : { file: 'environment.yml', line: bundles.get(bundle) ?? 1 };

/** The page that shows a line of a file at a commit; undefined for a forge without one. */
export function lineUrl(
  { type, url }: ForgeTraits,
  path: string,
  commit: string,
  { file, line }: { readonly file: string; readonly line: number },
): string | undefined {
  if (type === 'local') return undefined;
  const name = file.split('/').map(encodeURIComponent).join('/');
  return safeHref(`${url}/${path}/${type === 'gitlab' ? '-/' : ''}blob/${commit}/${name}#L${line}`);
}
