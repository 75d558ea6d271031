import type { Spot } from '../../domain/reference.ts';
import { get, getScalar, type Scalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { type Draft, spot, trouble } from './draft.ts';
import { parseFileUrl } from './forge-url.ts';

/** Bundles of environment.yml's `manifests`: a URL, or `{ url, sha256 }`. */
export function findBundles(root: YamlNode): readonly Draft[] {
  const list = get(root, 'manifests');
  const items = list?.kind === 'sequence' ? list.items : [];
  return items.flatMap((item) => {
    const url = item.kind === 'scalar' ? item : getScalar(item, 'url');
    return (url && bundleDraft(url, getScalar(item, 'sha256'))) ?? [];
  });
}

/** undefined when the text is no URL, or none of a shape that `parse` knows. */
export function bundleDraft(url: Scalar, sha256: Scalar | undefined, parse = parseFileUrl): Draft | undefined {
  const bundle = parse(url.value);
  if (bundle === undefined) return undefined;
  const { app, package: of, version } = bundle;
  const skip = bundle.skip ?? trouble(url) ?? (sha256 && checksumTrouble(sha256));
  if (skip !== undefined) return { app, package: of, version, at: url.start, spots: [], skip };
  const spots: Spot[] = [
    ...bundle.places.map(({ start, end }) => spot(url, 'version', start, end)),
    ...(sha256 ? [spot(sha256, 'sha256')] : []),
  ];
  return { app, package: of, version, at: spots[0]?.start ?? url.start, spots };
}

function checksumTrouble(sha256: Scalar): string | undefined {
  return trouble(sha256) ?? (/^[0-9a-f]{64}$/i.test(sha256.value) ? undefined : 'its sha256 is not 64 hexadecimal digits');
}
