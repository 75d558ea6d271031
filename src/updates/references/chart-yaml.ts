import { get, getScalar, type YamlNode } from '../../manifests/yaml-nodes.ts';
import { chartDraft } from './chart.ts';
import type { Draft } from './draft.ts';

/** `Chart.yaml`, and the file that charts of Helm 2 keep their dependencies in. */
const fileNames = ['Chart.yaml', 'requirements.yaml'];

/** `dependencies` of a chart: https://helm.sh/docs/topics/charts/#chart-dependencies. An alias changes what the values are called, not what is fetched. */
export function findChartDependencies(root: YamlNode, path: string): readonly Draft[] {
  const list = fileNames.includes(path.slice(path.lastIndexOf('/') + 1)) ? get(root, 'dependencies') : undefined;
  return list?.kind === 'sequence' ? list.items.flatMap((item) => dependencyOf(item) ?? []) : [];
}

function dependencyOf(item: YamlNode): Draft | undefined {
  const chart = getScalar(item, 'name');
  const version = getScalar(item, 'version');
  const repository = getScalar(item, 'repository')?.value ?? '';
  return chart && chartDraft({ chart, version, repository });
}
