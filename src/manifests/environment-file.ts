import { distance } from 'fastest-levenshtein';
import { type AppSettings, type Environment, type ManifestSource, noEnvironmentFile, protectedKinds } from '../domain/environment.ts';
import type { TextFile, Warning } from '../domain/reference.ts';
import { type LineAt, lineIndex } from './text.ts';
import { isEmpty, type Mapping, parseYaml, type YamlNode } from './yaml-nodes.ts';

/** Where an environment says what it is made of, in the repository's root. */
export const environmentFile = 'environment.yml';

export interface ParsedEnvironment {
  readonly environment: Environment;
  /** Of each entry of `environment.manifests`, from 1. */
  readonly lines: readonly number[];
  readonly warnings: readonly Warning[];
  /** Those of the warnings that something was left out for, or not understood. */
  readonly mistakes: readonly Warning[];
}

/** Every mistake is a warning with its line; what is right beside it counts all the same. */
export function parseEnvironment(file: TextFile): ParsedEnvironment {
  const lineAt = lineIndex(file.text);
  const { documents, problems } = parseYaml(file.text, lineAt);
  const reader = new Reader(file.path, lineAt);
  for (const { line, message } of problems) reader.warnings.push({ file: file.path, line, message: `is no YAML: ${message}` });
  const [root, second] = documents;
  if (second) reader.warn(second, 'has more than one document: only the first counts');
  const empty = root === undefined || (root.kind === 'scalar' && isEmpty(root));
  const { environment, lines } = empty ? { environment: noEnvironmentFile, lines: [] } : readEnvironment(reader, root);
  return { environment, lines, warnings: reader.warnings, mistakes: reader.warnings.filter((warning) => !reader.advice.has(warning)) };
}

function readEnvironment(reader: Reader, root: YamlNode): Pick<ParsedEnvironment, 'environment' | 'lines'> {
  const keys = reader.keys(root, 'environment.yml', ['name', 'manifests', 'apps', 'prune']);
  const name = reader.text(keys.get('name'), 'name');
  const prune = reader.keys(keys.get('prune'), 'prune', ['protect']);
  const protect = prune.get('protect');
  const sources = reader.list(keys.get('manifests'), 'manifests').flatMap((item) => {
    const source = readSource(reader, item);
    return source === undefined ? [] : [{ source, line: reader.lineOf(item) }];
  });
  const environment = {
    ...(name !== undefined && { name }),
    manifests: sources.map(({ source }) => source),
    apps: readApps(reader, keys.get('apps')),
    prune: {
      protect:
        protect === undefined ? protectedKinds : reader.list(protect, 'prune.protect').flatMap((kind) => reader.text(kind, 'a kind') ?? []),
    },
  };
  return { environment, lines: sources.map(({ line }) => line) };
}

function readSource(reader: Reader, item: YamlNode): ManifestSource | undefined {
  if (item.kind === 'scalar') {
    const text = reader.text(item, 'an entry of manifests');
    return text === undefined ? undefined : readAddress(reader, item, text);
  }
  const keys = reader.keys(item, 'an entry of manifests', ['url', 'sha256']);
  const url = reader.text(keys.get('url'), 'url');
  if (url === undefined) {
    if (item.kind === 'mapping')
      reader.warn(item, 'an entry of manifests is a path, a URL, or a mapping with url and sha256: url is missing');
    return undefined;
  }
  const sha256 = reader.text(keys.get('sha256'), 'sha256');
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
    reader.warn(keys.get('sha256') ?? item, 'sha256 is 64 hexadecimal digits, without a prefix: this bundle is left out');
    return undefined;
  }
  const source = readAddress(reader, keys.get('url') ?? item, url);
  if (source === undefined || 'url' in source)
    return source && { ...source, ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }) };
  reader.warn(item, 'url is an http or https URL; a folder or file of this repository is written without url');
  return undefined;
}

function readAddress(reader: Reader, node: YamlNode, text: string): ManifestSource | undefined {
  if (/^https?:\/\//i.test(text)) {
    if (/^https?:\/\/[^/?#]*@/i.test(text))
      reader.advise(
        node,
        'this URL holds credentials, which everybody with access to the repository can read: keep them in app.yml under registries',
      );
    return { url: text };
  }
  const problem = text.includes('://') ? 'only http and https URLs can be bundles' : pathProblem(text);
  if (problem !== undefined) reader.warn(node, `${problem}: this entry of manifests is left out`);
  return problem === undefined ? { path: text.replace(/^(?:\.\/)+/, '').replace(/(?<!\/)\/+$/, '') || '.' } : undefined;
}

function pathProblem(path: string): string | undefined {
  const outside = path.startsWith('/') || path.includes('\\') || path.split('/').includes('..');
  return outside ? 'a path of manifests is relative to the repository, with "/" and without ".."' : undefined;
}

function readApps(reader: Reader, node: YamlNode | undefined): Readonly<Record<string, AppSettings>> {
  const apps = reader.mapping(node, 'apps')?.pairs ?? [];
  return Object.fromEntries(
    apps.flatMap(({ key, value }) => {
      const name = reader.text(key, 'the name of an app');
      return name === undefined ? [] : [[name, readApp(reader, value, `apps.${name}`)]];
    }),
  );
}

function readApp(reader: Reader, node: YamlNode, where: string): AppSettings {
  const keys = reader.keys(node, where, ['owner', 'source', 'namespace']);
  const [owner, source, namespace] = ['owner', 'source', 'namespace'].map((key) => reader.text(keys.get(key), `${where}.${key}`));
  const valid = source === undefined || /^[A-Za-z0-9][\w.-]*:[^\s:]+$/.test(source);
  if (!valid) reader.warn(keys.get('source') ?? node, `${where}.source is FORGE:PATH, like gitlab:payments/billing`);
  return {
    ...(owner !== undefined && { owner }),
    ...(source !== undefined && valid && { source }),
    ...(namespace !== undefined && { namespace }),
  };
}

/** Reads values of one kind each, and notes where one is of another. */
class Reader {
  readonly warnings: Warning[] = [];
  readonly advice = new Set<Warning>();
  readonly #file: string;
  readonly #lineAt: LineAt;

  constructor(file: string, lineAt: LineAt) {
    this.#file = file;
    this.#lineAt = lineAt;
  }

  warn(node: YamlNode, message: string): void {
    this.warnings.push({ file: this.#file, line: this.lineOf(node), message });
  }

  /** What counts all the same. */
  advise(node: YamlNode, message: string): void {
    this.warn(node, message);
    const [last] = this.warnings.slice(-1);
    if (last) this.advice.add(last);
  }

  lineOf(node: YamlNode): number {
    return this.#lineAt(Math.max(node.start, 0));
  }

  mapping(node: YamlNode | undefined, name: string): Mapping | undefined {
    if (node === undefined || node.kind === 'mapping') return node;
    if (!isNothing(node)) this.warn(node, `${name} is a mapping of keys and values`);
    return undefined;
  }

  list(node: YamlNode | undefined, name: string): readonly YamlNode[] {
    if (node?.kind === 'sequence') return node.items;
    if (node !== undefined && !isNothing(node)) this.warn(node, `${name} is a list`);
    return [];
  }

  text(node: YamlNode | undefined, name: string): string | undefined {
    if (node === undefined || isNothing(node)) return undefined;
    if (node.kind === 'scalar') return node.value;
    this.warn(node, `${name} is a text`);
    return undefined;
  }

  /** The known keys; a second one of the same name, and an unknown one, is told. */
  keys(node: YamlNode | undefined, name: string, known: readonly string[]): ReadonlyMap<string, YamlNode> {
    const found = new Map<string, YamlNode>();
    for (const { key, value } of this.mapping(node, name)?.pairs ?? []) {
      const text = key.kind === 'scalar' ? key.value : '';
      if (found.has(text)) this.warn(key, `${text} stands twice in ${name}: the first one counts`);
      else if (known.includes(text)) found.set(text, value);
      else this.warn(key, `${name} has no key "${text.slice(0, 60)}"${suggestion(text, known)}`);
    }
    return found;
  }
}

const isNothing = (node: YamlNode): boolean => node.kind === 'scalar' && isEmpty(node);

function suggestion(text: string, known: readonly string[]): string {
  const near = known.find((key) => text.length < 60 && distance(key, text.toLowerCase()) <= 2);
  return near === undefined ? `; known are ${known.join(', ')}` : `: did you mean "${near}"?`;
}
