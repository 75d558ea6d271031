import { get, getScalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { chartDraft } from './chart.ts';
import { type Draft, numberTrouble, splitDraft } from './draft.ts';
import { gitDraft } from './git.ts';

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
  const list = get(spec, 'sources');
  const all = [get(spec, 'source'), ...(list?.kind === 'sequence' ? list.items : [])];
  return all.flatMap((source) => sourceDraft(source) ?? []);
}

/** With `chart` an address without a scheme is an OCI registry; without it, `oci://` holds manifests or a chart as a plain artifact; all else is git. */
function sourceDraft(source: YamlNode | undefined): Draft | undefined {
  const url = getScalar(source, 'repoURL');
  if (url === undefined) return undefined;
  const [chart, version] = [getScalar(source, 'chart'), getScalar(source, 'targetRevision')];
  if (chart !== undefined) {
    const repository = url.value.includes('://') ? url.value : `oci://${url.value}`;
    return chartDraft({ chart, version, repository });
  }
  if (!/^oci:\/\//i.test(url.value)) return gitDraft({ url, version });
  const name = url.value.slice('oci://'.length).replace(/(?<!\/)\/+$/, '');
  return splitDraft({ name, nameAt: url.start, tag: version, unquoted: numberTrouble });
}
