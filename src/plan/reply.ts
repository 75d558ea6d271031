import type { Status } from '../domain/api-status.ts';
import type { DesiredObject, FieldPath } from '../manifests/desired-object.ts';
import { lineIndex } from '../manifests/text.ts';
import { parseYaml, type YamlNode } from '../manifests/yaml-nodes.ts';
import { fieldPath, written } from './field-path.ts';

/** One thing that the server said. */
export interface Problem {
  readonly grave: boolean;
  readonly message: string;
  readonly path: FieldPath;
  /** Where the server names a line itself: from 1, in the bytes that were sent. */
  readonly line?: number;
  /** A field that the kind does not have. */
  readonly unknown?: boolean;
}

/** What a refusal says, one problem per cause. */
export function problemsOf(status: Status, { value }: DesiredObject): Problem[] {
  if (status.causes.length > 0) {
    return status.causes.map((cause) => problemOf(cause, value));
  }
  const line = /yaml: line (\d+): /.exec(status.message)?.[1];
  const path = places.find(([says]) => says.test(status.message))?.[1] ?? [];
  return [{ grave: true, path, message: status.message, ...(line === undefined ? {} : { line: Number(line) }) }];
}

/** Where those refusals come from that name no field. */
const places: readonly (readonly [says: RegExp, path: FieldPath])[] = [
  [/managedFields must be nil/, ['metadata', 'managedFields']],
  [/name must be provided/, ['metadata', 'generateName']],
  [/no PriorityClass with name/, ['spec', 'priorityClassName']],
  [/RuntimeClass/, ['spec', 'runtimeClassName']],
  [/^namespaces "[^"]*" not found|namespace of the provided object/, ['metadata', 'namespace']],
];

/** The server repeats whole templates, with fields that it filled in itself. */
const shortened = (message: string): string => message.replace(/^(\w+ value: )([{[])[\s\S]{300,}([}\]])(: )/, '$1$2…$3$4');

function problemOf({ field, message }: Status['causes'][number], value: Readonly<Record<string, unknown>>): Problem {
  // A definition's rules are not looked at where its schema is not met.
  if (field === '<nil>') return { grave: false, path: [], message: message.replace(/^Invalid value: null: /, '') };
  const path = fieldPath(asWritten(field, value), value);
  const said = shortened(message);
  return { grave: true, path: pointed(path, message, value), message: field === '' ? said : `${field}: ${said}` };
}

/** The server names some fields as it keeps them, not as they are written. */
function asWritten(field: string, { kind, spec }: Readonly<Record<string, unknown>>): string {
  // A definition of one version is kept with its schema beside `versions`.
  if (kind === 'CustomResourceDefinition') return field.replace(/^spec\.validation\./, 'spec.versions[0].schema.');
  if (kind === 'PersistentVolumeClaim') return field.replace(/^spec\.resources\[(\w+)\]/, 'spec.resources.requests.$1');
  return kind === 'Service' && !('clusterIPs' in ((spec ?? {}) as object))
    ? field.replace(/^spec\.clusterIPs\b.*/, 'spec.clusterIP')
    : field;
}

/** Of a map the server names only the whole; the value that it found wrong says which entry. */
function pointed(path: FieldPath, message: string, value: unknown): FieldPath {
  const wrong = /^Invalid value: ("(?:[^"\\]|\\.)*")/.exec(message)?.[1];
  if (wrong === undefined) return path;
  const text = unquoted(wrong);
  const at = path.reduce<unknown>((of, key) => (of as Readonly<Record<string, unknown>> | undefined)?.[key], value);
  if (typeof at !== 'object' || at === null || Array.isArray(at)) return path;
  const found = Object.entries(at).find(([key, item]) => key === text || item === text);
  return found === undefined ? path : [...path, found[0]];
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** What the server warns of. Unknown fields and fields written twice are no warnings to us: a deployment asks it to refuse them. */
export function warned(warnings: readonly string[], { value }: DesiredObject): Problem[] {
  return warnings.map((message) => {
    const field = /^(?:unknown|duplicate) field "(.*)"$/.exec(message)?.[1];
    if (field !== undefined) {
      return { grave: true, message, path: fieldPath(field, value), ...(message.startsWith('unknown') ? { unknown: true } : {}) };
    }
    const line = /^line (\d+): key .* already set in map$/.exec(message)?.[1];
    if (line !== undefined) return { grave: true, message: message.slice(message.indexOf(': ') + 2), path: [], line: Number(line) };
    const path = /^([a-zA-Z][\w.[\]/-]*): /.exec(message)?.[1];
    return { grave: false, message, path: path === undefined ? [] : fieldPath(path, value) };
  });
}

/** What server-side apply says of an object that does not fit its schema: `failed to create typed patch object (…): errors:` and a line each. */
export function misfits(status: Status, { value }: DesiredObject): Problem[] | undefined {
  const [, said] = /^failed to create typed patch object \([^)]*\): (?:errors:\n)?([\s\S]*)$/.exec(status.message) ?? [];
  return said?.split(/\n(?= {2}\.)/).map((text) => {
    const [, field = '', rest = text] = /^\s*((?:\.[^.[\]:\s]+|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\])+): ([\s\S]*)$/.exec(text) ?? [];
    const path = fieldPath(field, value);
    const message = withoutWrapping(rest.trim());
    const unknown = message === 'field not declared in schema';
    return { grave: true, path, message: `${written(path)}: ${message}`, ...(unknown ? { unknown } : {}) };
  });
}

const wrapping = '&value.valueUnstructured{Value:';

/** A value as Go prints it, at the end of a message. */
function withoutWrapping(message: string): string {
  const at = message.indexOf(wrapping);
  return at < 0 || !message.endsWith('}') ? message : message.slice(0, at) + message.slice(at + wrapping.length, -1);
}

/** Keys that stand twice in a map, in the server's words: it does not come to say so where it could not read a value. */
export function writtenTwice({ body }: DesiredObject): Problem[] {
  const text = Buffer.from(body).toString();
  const lineAt = lineIndex(text);
  const seen = new Set<YamlNode>();
  const visit = (node: YamlNode): Problem[] => {
    if (node.kind === 'scalar' || seen.has(node)) return [];
    seen.add(node);
    if (node.kind === 'sequence') return node.items.flatMap(visit);
    const keys = new Set<string>();
    return node.pairs.flatMap(({ key, value }) => {
      const again = key.kind === 'scalar' && keys.has(key.value) ? [twice(key.value, lineAt(Math.max(0, key.start)))] : [];
      if (key.kind === 'scalar') keys.add(key.value);
      return [...again, ...visit(value)];
    });
  };
  return parseYaml(text).documents.slice(0, 1).flatMap(visit);
}

const twice = (key: string, line: number): Problem => ({
  grave: true,
  message: `key ${JSON.stringify(key)} already set in map`,
  path: [],
  line,
});
