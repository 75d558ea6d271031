import { isImageName } from '../../domain/image.ts';
import { get, getScalar, type Scalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { bundleDraft } from './bundles.ts';
import { chartDraft } from './chart.ts';
import { type Draft, hasVariable, numberTrouble, splitDraft } from './draft.ts';
import { parseForgeUrl } from './forge-url.ts';
import { remoteDraft } from './git.ts';
import { parseRemoteTarget } from './git-url.ts';

/** Names under which kustomize looks for its file. */
const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

const isKustomizationFile = (path: string): boolean => fileNames.includes(path.slice(path.lastIndexOf('/') + 1));

/** `images` of a kustomization or component, and of Flux's Kustomization: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
export function findKustomizeImages(root: YamlNode, path: string): readonly Draft[] {
  if (groupOf(root) === 'kustomize.toolkit.fluxcd.io') return imagesOf(get(get(root, 'spec'), 'images'));
  return isKustomization(root, path) ? imagesOf(get(root, 'images')) : [];
}

const groupOf = (root: YamlNode): string | undefined => getScalar(root, 'apiVersion')?.value.split('/')[0];

function isKustomization(root: YamlNode, path: string): boolean {
  const kind = getScalar(root, 'kind')?.value;
  const ours = groupOf(root) === 'kustomize.config.k8s.io' && (kind === 'Kustomization' || kind === 'Component');
  return ours || isKustomizationFile(path);
}

/**
 * Remote `resources` and `components` (`bases` of old), and `helmCharts`:
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/helmcharts/
 */
export function findKustomizeRemotes(root: YamlNode, path: string): readonly Draft[] {
  if (isChartGenerator(root)) return [chartOf(root) ?? []].flat();
  if (!isKustomization(root, path)) return [];
  const remotes = ['resources', 'components', 'bases'].flatMap((key) => itemsOf(get(root, key)));
  return [
    ...remotes.flatMap((item) => (item.kind === 'scalar' ? (remoteOf(item) ?? []) : [])),
    ...itemsOf(get(root, 'helmCharts')).flatMap((item) => chartOf(item) ?? []),
  ];
}

/** A generator in a file of its own: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_ */
const isChartGenerator = (root: YamlNode): boolean =>
  getScalar(root, 'apiVersion')?.value === 'builtin' && getScalar(root, 'kind')?.value === 'HelmChartInflationGenerator';

/** One file of a forge, or a folder of a git repository. */
function remoteOf(scalar: Scalar): Draft | undefined {
  const file = bundleDraft(scalar, undefined, parseForgeUrl);
  if (file !== undefined) return file;
  const target = parseRemoteTarget(scalar.value);
  return target && remoteDraft(scalar, target);
}

/** Without `repo` the chart lies in the kustomization's own `chartHome`. */
function chartOf(item: YamlNode): Draft | undefined {
  const [chart, version, repository] = [getScalar(item, 'name'), getScalar(item, 'version'), getScalar(item, 'repo')];
  return chart && repository && chartDraft({ chart, version, repository: repository.value });
}

const itemsOf = (list: YamlNode | undefined): readonly YamlNode[] => (list?.kind === 'sequence' ? list.items : []);

function imagesOf(list: YamlNode | undefined): Draft[] {
  return itemsOf(list).flatMap((item) => imageOf(item) ?? []);
}

/** An entry that only renames has no version of its own: that of the manifests stays. */
function imageOf(item: YamlNode): Draft | undefined {
  const name = getScalar(item, 'newName') ?? getScalar(item, 'name');
  const [tag, digest] = [getScalar(item, 'newTag'), getScalar(item, 'digest')];
  if (name === undefined || (tag === undefined && digest === undefined)) return undefined;
  if (!hasVariable(name.value) && !isImageName(name.value)) return undefined;
  return splitDraft({ name: name.value, nameAt: name.start, tag, digest, unquoted: numberTrouble });
}
