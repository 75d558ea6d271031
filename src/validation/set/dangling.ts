import type { Finding, ObjectId } from '../../domain/finding.ts';
import { nearest } from '../../domain/nearest.ts';
import { isBuiltIn } from './built-in.ts';
import type { Controllers } from './controllers.ts';
import { Field } from './field.ts';
import {
  findingAt,
  identityOf,
  isClusterWide,
  kindOf,
  namespaceOf,
  type ObjectSet,
  spoken,
  spokenNear,
  spokenPlace,
} from './object-set.ts';
import { hasPlaceholder } from './placeholders.ts';
import type { Reference } from './references/reference.ts';

/** What a cluster has already. `apiVersion` is that of the reference: whoever answers looks at its group. */
export interface Known {
  /** undefined: it could not be seen. */
  has(object: ObjectId): boolean | undefined;
}

export interface Surroundings {
  readonly set: ObjectSet;
  readonly controllers: Controllers;
  readonly known: Known | undefined;
}

/** Kept out of repositories (secrets, data that outlives them), or made by those who run the cluster: often there although no manifest says so. */
const oftenElsewhere = new Set([
  'Secret',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'storage.k8s.io/StorageClass',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'scheduling.k8s.io/PriorityClass',
  'rbac.authorization.k8s.io/ClusterRole',
]);

/** One finding per object that is nowhere, at the first field that names it. */
export function danglingReferences(references: readonly Reference[], around: Surroundings): Finding[] {
  const { set, known } = around;
  const held = new Set(set.objects.flatMap((object) => [namespaceOf(object), ...(object.kind === 'Namespace' ? [object.name] : [])]));
  const missing = inQuestion(references, around)
    .map((reference) => ({ ...reference, there: known?.has(reference.to), covered: isCovered(reference, held) }))
    .filter(({ there, covered }) => (there === undefined ? covered || known !== undefined : !there));
  const suggestions = new Suggestions(set);
  return [...Map.groupBy(missing, ({ to }) => identityOf(to)).values()].flatMap((uses) => dangling(uses, around, suggestions));
}

/** References to what neither the set holds nor somebody makes, as far as we know. */
export function inQuestion(references: readonly Reference[], { set, controllers }: Omit<Surroundings, 'known'>): readonly Reference[] {
  const agreed = volumeClasses(set);
  return references.filter((reference) => {
    const { to } = reference;
    const isThere = set.get(to).length > 0 || isBuiltIn(to) || hasPlaceholder(to.name) || controllers.make(to);
    return !isThere && !isAgreed(reference, agreed);
  });
}

interface Missing extends Reference {
  /** In the cluster, see Known. */
  readonly there: boolean | undefined;
  /** The set holds something where it would be. */
  readonly covered: boolean;
}

/** Of a namespace in which the set holds nothing we know nothing. */
const isCovered = ({ from, to }: Reference, held: ReadonlySet<string>): boolean =>
  isClusterWide(to) || namespaceOf(from) === namespaceOf(to) || held.has(namespaceOf(to));

/** Claims and volumes that are meant for each other agree on the name of a class, and need no class of that name. */
const volumeClasses = (set: ObjectSet): ReadonlySet<string> =>
  new Set(set.ofKind('PersistentVolume').map(({ value }) => new Field(value).at('spec', 'storageClassName').text));

const isAgreed = ({ from, to }: Reference, agreed: ReadonlySet<string>): boolean =>
  to.kind === 'StorageClass' && ['PersistentVolumeClaim', 'StatefulSet'].includes(from.kind) && agreed.has(to.name);

function dangling(uses: readonly Missing[], around: Surroundings, suggestions: Suggestions): Finding[] {
  const first = uses.find(({ mild }) => mild !== true) ?? uses[0];
  if (first === undefined) return [];
  const { from, field, to } = first;
  const others = uses.filter((use) => use !== first);
  const where = first.there === undefined ? 'not in this environment' : 'neither in this environment nor in its cluster';
  return [
    findingAt(from, field.path, {
      severity: severityOf(first, around),
      rule: 'dangling-reference',
      message: `${spoken(from)} needs ${spokenNear(to, from)}, which is ${where}.`,
      help: [suggestions.for(to), 'Correct the name, or add what is missing.', also(others), unseen(first, around)]
        .filter(Boolean)
        .join(' '),
    }),
  ];
}

/** An error only where nothing but the set could hold it: there is no way to take back a finding that is wrong. */
function severityOf({ to, mild, there, covered }: Missing, { controllers }: Surroundings): Finding['severity'] {
  if (mild === true || controllers.mayMake(to)) return 'warning';
  return there === undefined && (!covered || oftenElsewhere.has(kindOf(to))) ? 'warning' : 'error';
}

/** Comparing takes time: so many pairs of names at the most, each no longer than a label. */
const mostCompared = 20_000;
const longestCompared = 63;

/** Finds names that are nearly the one that is missing, until it has compared its share. */
class Suggestions {
  readonly #set: ObjectSet;
  #left = mostCompared;

  constructor(set: ObjectSet) {
    this.#set = set;
  }

  for(to: ObjectId): string {
    const candidates = this.#set.inNamespace(kindOf(to), namespaceOf(to)).slice(0, this.#left);
    if (to.name.length > longestCompared) return '';
    this.#left -= candidates.length;
    const near = nearest(to.name, new Set(candidates.map(({ name }) => name).filter(({ length }) => length <= longestCompared)));
    return near === undefined ? '' : `Did you mean ${near}?`;
  }
}

const mostPlaces = 3;

function also(uses: readonly Reference[]): string {
  const places = uses.slice(0, mostPlaces).map(({ from, field }) => spokenPlace(from, field.path));
  const rest = uses.length - places.length;
  return places.length === 0 ? '' : `It is named in ${places.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}, too.`;
}

function unseen({ there }: Missing, { known }: Surroundings): string {
  if (there !== undefined) return '';
  return known === undefined
    ? 'What is in the cluster without a manifest in this environment is not seen.'
    : 'It could not be seen whether its cluster has it.';
}
