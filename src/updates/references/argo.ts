import { isDigest } from '../../domain/image.ts';
import { get, getScalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { chartDraft } from './chart.ts';
import { type Draft, numberTrouble, splitDraft } from './draft.ts';
import { gitDraft } from './git.ts';
import { imageDraft } from './images.ts';

/**
 * `source` and `sources` of Argo CD's Application, and of the template of an ApplicationSet:
 * https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
 */
export function findArgo(root: YamlNode): readonly Draft[] {
  const group = getScalar(root, 'apiVersion')?.value.split('/')[0];
  if (group !== 'argoproj.io') return [];
  const kind = getScalar(root, 'kind')?.value;
  const spec = get(root, 'spec');
  if (kind === 'Application') return sourcesOf(spec);
  return kind === 'ApplicationSet' ? sourcesOf(get(get(spec, 'template'), 'spec')) : [];
}

function sourcesOf(spec: YamlNode | undefined): Draft[] {
  const all = [get(spec, 'source'), ...itemsOf(get(spec, 'sources')), get(get(spec, 'sourceHydrator'), 'drySource')];
  return all.flatMap((source) => [...(sourceDraft(source) ?? []), ...overrides(source)]);
}

const itemsOf = (list: YamlNode | undefined): readonly YamlNode[] => (list?.kind === 'sequence' ? list.items : []);

/** `kustomize.images`, `[NAME=]IMAGE:TAG`: https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/ */
function overrides(source: YamlNode | undefined): readonly Draft[] {
  const images = itemsOf(get(get(source, 'kustomize'), 'images'));
  return images.flatMap((image) => (image.kind === 'scalar' ? (imageDraft(image, false, image.value.indexOf('=') + 1) ?? []) : []));
}

/** With `chart` an address without a scheme is an OCI registry; without it, `oci://` holds manifests or a chart as a plain artifact; all else is git. */
function sourceDraft(source: YamlNode | undefined): readonly Draft[] | undefined {
  const url = getScalar(source, 'repoURL');
  if (url === undefined) return undefined;
  const [chart, version] = [getScalar(source, 'chart'), getScalar(source, 'targetRevision')];
  if (chart !== undefined) {
    const repository = url.value.includes('://') ? url.value : `oci://${url.value}`;
    return [chartDraft({ chart, version, repository })];
  }
  if (!/^oci:\/\//i.test(url.value)) return [gitDraft({ url, version })];
  const name = url.value.slice('oci://'.length).replace(/(?<!\/)\/+$/, '');
  const [tag, digest] = version !== undefined && isDigest(version.value) ? [undefined, version] : [version, undefined];
  const draft = splitDraft({ name, nameAt: url.start, tag, digest, unquoted: numberTrouble });
  return draft && [draft];
}
