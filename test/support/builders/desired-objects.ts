import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import type { DesiredObject, FieldPath } from '../../../src/manifests/desired-object.ts';
import { record } from '../../../src/manifests/objects.ts';
import { lineIndex } from '../../../src/manifests/text.ts';
import { parseYaml, type YamlNode } from '../../../src/manifests/yaml-nodes.ts';

/** The objects of one file, as an environment would want them. */
export function desiredObjects(yaml: string, file = 'manifests/shop.yaml'): readonly DesiredObject[] {
  const lineAt = lineIndex(yaml);
  const { documents, problems } = parseYaml(yaml);
  if (problems.length > 0) throw new Error(`${file}: ${problems[0]?.message}`);
  return loadAll(yaml, { schema: CORE_SCHEMA.withTags(mergeTag) }).flatMap((document, index) => {
    const value = record(document);
    const node = documents[index];
    return node?.kind === 'mapping'
      ? [{ ...desiredObject(value, file), at: (path: FieldPath) => ({ file, line: lineAt(startOf(node, path)) }) }]
      : [];
  });
}

/** One whose every field stands in line 1. */
export function desiredObject(value: Readonly<Record<string, unknown>>, file = 'manifests/shop.yaml'): DesiredObject {
  const { name, namespace } = record(value['metadata']);
  return {
    apiVersion: String(value['apiVersion']),
    kind: String(value['kind']),
    namespace: typeof namespace === 'string' ? namespace : '',
    name: typeof name === 'string' ? name : '',
    place: { file, line: 1 },
    body: new TextEncoder().encode(JSON.stringify(value)),
    type: 'application/json',
    value,
    at: () => ({ file, line: 1 }),
  };
}

/** The key of the field, or of the nearest above it. */
function startOf(root: YamlNode, path: FieldPath): number {
  let [node, start] = [root, root.start];
  for (const part of path) {
    const pair: { readonly key: YamlNode; readonly value: YamlNode } | undefined =
      node.kind === 'mapping' ? node.pairs.find(({ key }) => key.kind === 'scalar' && key.value === part) : undefined;
    const item = node.kind === 'sequence' ? node.items[Number(part)] : undefined;
    const next = pair?.value ?? item;
    if (next === undefined) break;
    start = pair?.key.start ?? next.start;
    node = next;
  }
  return start;
}
