/** Path → value of everything in an object that holds nothing else; items of lists go by their `name`, else by their place. */
export type Leaves = ReadonlyMap<string, string>;

/** More than any object in etcd can have; what is beyond comes from aliases that repeat each other, or themselves, without end. */
const maxNodes = 50_000;
const maxPath = 500;

/** False for an object that cannot be written out, because its aliases multiply. */
export const isBounded = (value: unknown): boolean => walk(value, () => undefined);

/** The first 50,000 values; the rest is left out. */
export function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, string>();
  walk(value, (path, leaf) => leaves.set(path, leaf));
  return leaves;
}

/** True when it came to an end. */
function walk(value: unknown, use: (path: string, leaf: string) => void): boolean {
  let left = maxNodes;
  const visit = (node: unknown, path: string): boolean => {
    left -= 1;
    if (left < 0 || path.length > maxPath) return false;
    if (Array.isArray(node)) return node.every((item: unknown, index) => visit(item, pathOfItem(path, item, index)));
    if (typeof node === 'object' && node !== null) return Object.entries(node).every(([key, item]) => visit(item, pathOfKey(path, key)));
    use(path, String(node));
    return true;
  };
  return visit(value, '');
}

/** Path of what a mapping holds under a key. */
export const pathOfKey = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Path of an item of a list. */
export const pathOfItem = (path: string, item: unknown, index: number): string => `${path}[${nameOf(item) ?? index}]`;

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
}

export interface LeafChange {
  readonly path: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export function changedLeaves(from: Leaves, to: Leaves): LeafChange[] {
  const paths = new Set([...from.keys(), ...to.keys()]);
  return [...paths].map((path) => ({ path, from: from.get(path), to: to.get(path) })).filter((change) => change.from !== change.to);
}

/** Kinds of change, most telling first: what is said of a path, and what it is counted under. */
const rules: readonly { readonly path: RegExp; readonly noun: string; readonly plural: string; readonly values?: boolean }[] = [
  { path: /ontainers\[[^\][]*\]\.(image)$/, noun: 'image', plural: 'images' },
  { path: /^spec\.(replicas)$/, noun: 'replicas', plural: 'replicas', values: true },
  { path: /\.env\[([^\][]*)\]/, noun: 'environment variable', plural: 'environment variables' },
  { path: /\.resources\.(?:requests|limits)\.([\w./-]+)$/, noun: '', plural: '', values: true },
  { path: /^(?:data|stringData|binaryData)\.(.+)$/, noun: 'key', plural: 'keys' },
  { path: /^spec\.(schedule)$/, noun: 'schedule', plural: 'schedules', values: true },
  { path: /\.(?:command|args)\[()/, noun: 'arguments', plural: 'arguments' },
  { path: /(?:^|\.)metadata\.labels\.()/, noun: 'labels', plural: 'labels' },
  { path: /(?:^|\.)metadata\.annotations\.()/, noun: 'annotations', plural: 'annotations' },
];
const maxPhrases = 5;

/** What a reviewer reads first: `image, 2 environment variables, memory 256Mi → 512Mi`. Text from outside, one line. */
export function summarize(changes: readonly LeafChange[]): string {
  const phrases = new Set([
    ...rules.flatMap((_, index) => phrasesOf(changes, index)),
    ...changes.filter(({ path }) => ruleOf(path) < 0).map(other),
  ]);
  const all = [...phrases];
  const rest = all.length - maxPhrases;
  return [...all.slice(0, maxPhrases), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}

const ruleOf = (path: string): number => rules.findIndex((rule) => rule.path.test(path));

function phrasesOf(changes: readonly LeafChange[], index: number): string[] {
  const rule = rules[index];
  const own = changes.filter(({ path }) => ruleOf(path) === index);
  if (rule === undefined || own.length === 0) return [];
  if (rule.values === true) return own.map((change) => move(rule.noun || (rule.path.exec(change.path)?.[1] ?? ''), change));
  const names = [...new Set(own.map(({ path }) => rule.path.exec(path)?.[1] ?? ''))];
  if (rule.noun === 'image') return [own.length === 1 ? 'image' : `${own.length} images`];
  if (names.length > 1) return [`${names.length} ${rule.plural}`];
  return [names[0] === '' || names[0] === undefined ? rule.noun : `${rule.noun} ${names[0]}`];
}

/** The end of a path says what it is; where it lies is in the diff. */
function other({ path, from, to }: LeafChange): string {
  const name = path.replace(/^spec\.template\.spec\.|^spec\./, '').replace(/^(?:init)?[cC]ontainers\[[^\]]*\]\./, '');
  return move(name.split('.').slice(-2).join('.'), { path, from, to });
}

function move(name: string, { from, to }: LeafChange): string {
  if (from === undefined) return `${name} added`;
  if (to === undefined) return `${name} removed`;
  return `${from}${to}`.length > 60 || /\n/.test(from + to) ? name : `${name} ${from} → ${to}`;
}
