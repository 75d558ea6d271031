import type { Finding, ObjectId } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Known } from '../set/dangling.ts';
import type { Made } from './claims.ts';
import { found, type Said } from './found.ts';

const always = /^(?:default|kube-.*)$/;

const namespaceNamed = (name: string): ObjectId => ({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name });

/** Namespaces that the set names and does not hold, and that not every cluster has. */
export function namespacesBeside(objects: readonly DesiredObject[]): readonly ObjectId[] {
  const declared = declaredIn(objects);
  const named = new Set(objects.map(({ namespace }) => namespace));
  return [...named].filter((name) => name !== '' && !declared.has(name) && !always.test(name)).map(namespaceNamed);
}

const declaredIn = (objects: readonly DesiredObject[]): ReadonlySet<string> =>
  new Set(objects.flatMap(({ apiVersion, kind, name }) => (apiVersion === 'v1' && kind === 'Namespace' ? [name] : [])));

/** Said once per namespace, where it is first used; not where none can have that name, which is said of each object. */
export function missingNamespaces(
  used: readonly DesiredObject[],
  objects: readonly DesiredObject[],
  made: ReadonlyMap<string, Made>,
  known: Known | undefined,
): Finding[] {
  const beside = new Set(namespacesBeside(objects).map(({ name }) => name));
  const first = new Map(used.toReversed().map((object) => [object.namespace, object]));
  return [...first].flatMap(([namespace, object]) => {
    const ours = made.get(`/api/v1/namespaces/${encodeURIComponent(namespace)}`)?.kind === 'ours';
    const there = known?.has(namespaceNamed(namespace));
    if (!ours || !beside.has(namespace) || there === true) return [];
    return [found(object, missing(namespace, there), ['metadata', 'namespace'])];
  });
}

function missing(namespace: string, there: false | undefined): Said {
  const help = `Add the Namespace ${namespace}, or correct metadata.namespace.`;
  return there === false
    ? {
        severity: 'error',
        rule: 'missing-namespace',
        message: `The namespace ${namespace} is neither in this environment nor in its cluster.`,
        help,
      }
    : {
        severity: 'warning',
        rule: 'missing-namespace',
        message: `The namespace ${namespace} is not part of this environment: it must be there before the deployment.`,
        help,
      };
}
