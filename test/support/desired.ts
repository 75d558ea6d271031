import { CORE_SCHEMA, loadAll, mergeTag } from 'js-yaml';
import type { DesiredObject, FieldPath } from '../../src/manifests/desired-object.ts';
import { lineIndex } from '../../src/manifests/text.ts';
import { get, parseYaml, type YamlNode } from '../../src/manifests/yaml-nodes.ts';

/** The objects of a YAML text, as an environment's file would give them. */
export function desired(text: string, file = 'a.yaml'): DesiredObject[] {
  const lineAt = lineIndex(text);
  const values = loadAll(text, { schema: CORE_SCHEMA.withTags(mergeTag) });
  return parseYaml(text).documents.flatMap((root, index) => {
    const value = values[index] as Record<string, unknown> | undefined;
    if (!value) return [];
    const at = (path: FieldPath) => ({ file, line: lineAt(Math.max(0, startOf(root, path, 0))) });
    return [objectOf(value, at, Buffer.from(text))];
  });
}

/** An object of any value, malformed ones too, at line 1. */
export function objectOf(
  value: Record<string, unknown>,
  at: DesiredObject['at'] = () => ({ file: 'a.yaml', line: 1 }),
  body: Uint8Array = new Uint8Array(),
): DesiredObject {
  const { name, namespace } = (value['metadata'] ?? {}) as Record<string, unknown>;
  const text = (part: unknown) => (typeof part === 'string' ? part : '');
  return {
    apiVersion: text(value['apiVersion']),
    kind: text(value['kind']),
    namespace: text(namespace),
    name: text(name),
    place: at([]),
    body,
    type: 'application/yaml',
    value,
    at,
  };
}

/** Offset of the field's key, or of an item itself; of the nearest one above where it is not there. */
function startOf(node: YamlNode | undefined, path: FieldPath, above: number): number {
  const [key, ...rest] = path;
  if (node === undefined || key === undefined) return above;
  if (node.kind === 'sequence' && typeof key === 'number') {
    const item = node.items[key];
    return item === undefined ? above : startOf(item, rest, item.start >= 0 ? item.start : above);
  }
  if (node.kind !== 'mapping') return above;
  const pair = node.pairs.find((one) => one.key.kind === 'scalar' && one.key.value === key);
  return pair === undefined ? startOf(get(node, String(key)), rest, above) : startOf(pair.value, rest, pair.key.start);
}
