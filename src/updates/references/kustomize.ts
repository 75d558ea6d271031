import { isImageName } from '../../domain/image.ts';
import { get, getScalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { type Draft, hasVariable, misread, splitDraft } from './draft.ts';

/** Names under which kustomize looks for its file. */
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const isKustomizationFile = (path: string): boolean => fileNames.includes(path.slice(path.lastIndexOf('/') + 1));

/** `images` of a kustomization or component, and of Flux's Kustomization: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
export function findKustomizeImages(root: YamlNode, path: string): readonly Draft[] {
  const kind = getScalar(root, 'kind')?.value;
  const group = getScalar(root, 'apiVersion')?.value.split('/')[0];
  if (group === 'kustomize.toolkit.fluxcd.io') return imagesOf(get(get(root, 'spec'), 'images'));
  const ours = group === 'kustomize.config.k8s.io' && (kind === 'Kustomization' || kind === 'Component');
  return ours || isKustomizationFile(path) ? imagesOf(get(root, 'images')) : [];
}

function imagesOf(list: YamlNode | undefined): Draft[] {
  return list?.kind === 'sequence' ? list.items.flatMap((item) => imageOf(item) ?? []) : [];
}

/** An entry that only renames has no version of its own: that of the manifests stays. */
function imageOf(item: YamlNode): Draft | undefined {
  const name = getScalar(item, 'newName') ?? getScalar(item, 'name');
  const [tag, digest] = [getScalar(item, 'newTag'), getScalar(item, 'digest')];
  if (name === undefined || (tag === undefined && digest === undefined)) return undefined;
  if (!hasVariable(name.value) && !isImageName(name.value)) return undefined;
  return splitDraft({ name: name.value, nameAt: name.start, tag, digest, unquoted: kustomizeReads });
}

/** kustomize refuses a number where it expects text. */
function kustomizeReads(text: string): string | undefined {
  const read = misread(text);
  return read === undefined ? undefined : `${text} without quotes is read as ${read}, not as text: put it in quotes`;
}
