import { parseImage } from '../../domain/image.ts';
import { get, getScalar, type Pair, type Scalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { appOf, type Draft, shown, spot, trouble } from './draft.ts';
import { valuesDraft } from './helm-values.ts';

/** Lists of a pod template; in whatever kind it is embedded. */
const containerLists = ['containers', 'initContainers', 'ephemeralContainers'];

/** Their text is an app's own; what looks like an image there is none. */
const opaqueKinds = ['ConfigMap', 'Secret', 'CustomResourceDefinition'];

const opaqueKeys = ['annotations', 'labels', 'matchLabels'];

/**
 * Images of one document: `image:` of the containers of any pod template, every other `image:` that is a full reference with
 * a tag or digest (custom resources, values), and names and tags that stand apart.
 */
export function findImages(root: YamlNode): readonly Draft[] {
  const drafts: (Draft | undefined)[] = [];
  const seen = new Set<YamlNode>();
  const walk = (node: YamlNode, key: string, list: string): void => {
    if (node.kind === 'scalar' || seen.has(node) || isOpaque(node)) return;
    seen.add(node);
    if (node.kind === 'sequence') {
      for (const item of node.items) {
        if (item.kind === 'mapping') drafts.push(valuesDraft(item, key));
        walk(item, key, key);
      }
      return;
    }
    for (const pair of node.pairs) {
      const name = keyOf(pair);
      if (opaqueKeys.includes(name)) continue;
      drafts.push(pairDraft(pair, name, containerLists.includes(list)));
      walk(pair.value, name, '');
    }
  };
  walk(root, '', '');
  return drafts.filter((draft) => draft !== undefined);
}

function pairDraft({ value }: Pair, key: string, inContainer: boolean): Draft | undefined {
  if (value.kind === 'mapping') return valuesDraft(value, key) ?? volumeDraft(value, key);
  return value.kind === 'scalar' && key === 'image' ? imageDraft(value, inContainer) : undefined;
}

/** The image volume of a pod: https://kubernetes.io/docs/concepts/storage/volumes/#image */
function volumeDraft(value: YamlNode, key: string): Draft | undefined {
  const reference = key === 'image' ? getScalar(value, 'reference') : undefined;
  return reference && imageDraft(reference, false);
}

/** One scalar that holds name, tag and digest. Outside a container only what is surely an image counts; inside, all that is not looked up is told. `from`: where in the scalar it begins. */
export function imageDraft(scalar: Scalar, inContainer: boolean, from = 0): Draft | undefined {
  const text = scalar.value.slice(from);
  const image = parseImage(text);
  const name = image?.name ?? unparsedName(text);
  const of = { datasource: 'oci', name } as const;
  const base = { app: appOf(name), package: of, version: image?.tag?.text ?? '', ...(image?.digest && { digest: image.digest.text }) };
  const skip = skipReason(scalar, image);
  if (skip === undefined && image !== undefined) {
    const { tag, digest } = image;
    const spots = [
      ...(tag ? [spot(scalar, 'version', from + tag.start, from + tag.end)] : []),
      ...(digest ? [spot(scalar, 'digest', from + digest.start, from + digest.end)] : []),
    ];
    return { ...base, at: spots[0]?.start ?? scalar.start, spots };
  }
  const told = inContainer ? text !== '' : isLikelyImage(text);
  return told && skip !== undefined ? { ...base, at: scalar.start, spots: [], skip } : undefined;
}

function skipReason(scalar: Scalar, image: ReturnType<typeof parseImage>): string | undefined {
  const reason = trouble(scalar);
  if (reason !== undefined) return reason;
  if (image === undefined) return 'is not an image reference';
  return image.tag === undefined && image.digest === undefined ? 'no version is written' : undefined;
}

/** With a variable in it, or in an unusual style, and yet surely meant as an image: it has a tag, whatever the variables hold. */
function isLikelyImage(text: string): boolean {
  if (text.length > 512) return false;
  const guess = parseImage(text.replaceAll(/\$\{[^}]*\}|\$\([^)]*\)|\{\{[^}]*\}\}|\$\w+|<[^>]*>/g, 'x'));
  return (guess?.tag ?? guess?.digest) !== undefined;
}

function unparsedName(text: string): string {
  const plain = shown(text);
  const colon = plain.lastIndexOf(':');
  return colon > plain.lastIndexOf('/') ? plain.slice(0, colon) : plain;
}

function isOpaque(node: YamlNode): boolean {
  const kind = get(node, 'kind');
  return kind?.kind === 'scalar' && opaqueKinds.includes(kind.value) && get(node, 'apiVersion') !== undefined;
}

const keyOf = ({ key }: Pair): string => (key.kind === 'scalar' ? key.value : '');
