/** A set of fields in the format FieldsV1; a field without any below it is `{}`. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/ */
export type FieldSet = Readonly<Record<string, unknown>>;

const below = (set: FieldSet, element: string): FieldSet => (set[element] ?? {}) as FieldSet;

const isLeaf = (set: FieldSet): boolean => Object.keys(set).length === 0;

/** What is in one of them. Where one holds a field and the other fields below it, both are said: `.` is the field itself. */
export function union(one: FieldSet, other: FieldSet): FieldSet {
  if (isLeaf(one) && isLeaf(other)) return {};
  const itself = isLeaf(one) || isLeaf(other) ? { '.': {} } : {};
  const elements = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return {
    ...itself,
    ...Object.fromEntries(
      elements.map((element) => [
        element,
        element in one && element in other ? union(below(one, element), below(other, element)) : (one[element] ?? other[element]),
      ]),
    ),
  };
}

/** Fields of the one that the other neither holds nor has fields below, as paths: `spec.template.spec.containers[name=web].image`. */
export function beside(one: FieldSet, other: FieldSet, path = ''): string[] {
  return Object.entries(one).flatMap(([element, set]) => {
    if (element === '.') return [];
    const at = pathOf(path, element);
    if (!(element in other)) return [at];
    const rest = below(other, element);
    return isLeaf(rest) ? [] : beside(set as FieldSet, rest, at); // a leaf holds all that is below it
  });
}

/**
 * The set in two: what lies at such paths (`metadata.annotations.example.com/a`), and the rest; either is undefined where there is none. What is
 * said of a field itself goes with what is below it and meant.
 */
export function split(
  set: FieldSet,
  isMeant: (path: string) => boolean,
  path = '',
): { readonly meant?: FieldSet; readonly rest?: FieldSet } {
  if (path !== '' && isMeant(path)) return { meant: set };
  if (isLeaf(set)) return { rest: set };
  const [meant, rest]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  for (const [element, inner] of Object.entries(set)) {
    if (element === '.') continue;
    const key = element.startsWith('f:') ? element.slice(2) : element;
    const parts = split(inner as FieldSet, isMeant, path === '' ? key : `${path}.${key}`);
    if (parts.meant !== undefined) meant[element] = parts.meant;
    if (parts.rest !== undefined) rest[element] = parts.rest;
  }
  if ('.' in set) (isLeaf(meant) ? rest : meant)['.'] = {};
  return { ...(!isLeaf(meant) && { meant }), ...(!isLeaf(rest) && { rest }) };
}

/** `f:` is a key, `k:` an item by some of its keys, `v:` one by its value. */
function pathOf(path: string, element: string): string {
  const [kind, text] = [element.slice(0, 2), element.slice(2)];
  if (kind === 'f:') return /[./]/.test(text) ? `${path}[${text}]` : `${path}${path === '' ? '' : '.'}${text}`;
  if (kind !== 'k:') return `${path}[${text}]`;
  const keys = Object.entries(JSON.parse(text) as Readonly<Record<string, unknown>>);
  return `${path}[${keys.map(([key, value]) => `${key}=${String(value)}`).join(',')}]`;
}
