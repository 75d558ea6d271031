import picomatch from 'picomatch';
import type { UpdateType } from '../domain/update.ts';
import type { RulePlaces, UpdateRules } from './decision.ts';

/** One entry of `packages` in app.yml. */
export interface PackageRule {
  /** A glob that package names are compared with. */
  readonly match: string;
  /** `{name}` in it stands for the last segment of the package's name. */
  readonly source?: string | undefined;
  readonly owner?: string | undefined;
  readonly versioning?: string | undefined;
  readonly allow?: string | undefined;
  readonly ignore?: readonly string[] | undefined;
  readonly where?: RulePlaces | undefined;
}

/** What holds for one package in one environment. */
export interface ResolvedRules extends UpdateRules {
  readonly source?: string | undefined;
  readonly owner?: string | undefined;
}

const matchers = new WeakMap<PackageRule, (name: string) => boolean>();

/** Whether a rule is about the package of that name. */
export function matches(rule: PackageRule, name: string): boolean {
  const matcher = matchers.get(rule) ?? picomatch(rule.match, { dot: true });
  matchers.set(rule, matcher);
  return rule.match === name || matcher(name);
}

/** Exact before glob, then the longer text in front of the first wildcard, then more segments. */
function specificity({ match }: PackageRule): readonly [number, number, number] {
  const wildcard = match.search(/[*?[{(!]/);
  const literal = wildcard < 0 ? match.length : wildcard;
  return [Number(wildcard < 0), literal, match.split('/').length];
}

function moreSpecificFirst(a: PackageRule, b: PackageRule): number {
  const [one, other] = [specificity(a), specificity(b)];
  return other[0] - one[0] || other[1] - one[1] || other[2] - one[2];
}

/** Key by key, from the most specific matching entry that has the key; of equally specific ones the later. `name` is the package's name. */
export function resolveRules(
  packages: readonly PackageRule[],
  environment: { readonly types: readonly UpdateType[]; readonly where?: RulePlaces | undefined },
  name: string,
): ResolvedRules {
  const rules = packages
    .filter((rule) => matches(rule, name))
    .reverse()
    .sort(moreSpecificFirst);
  const first = <T>(key: (rule: PackageRule) => T | undefined): T | undefined =>
    rules.map(key).find((value): value is T & {} => value !== undefined);
  const last = name.split('/').at(-1) ?? name;
  const where = {
    types: environment.where?.types,
    allow: first((rule) => (rule.allow === undefined ? undefined : rule.where?.allow)),
    ignore: first((rule) => (rule.ignore === undefined ? undefined : rule.where?.ignore)),
  };
  return {
    types: environment.types,
    ...(Object.values(where).some((place) => place !== undefined) && { where }),
    allow: first((rule) => rule.allow),
    ignore: first((rule) => rule.ignore),
    versioning: first((rule) => rule.versioning),
    owner: first((rule) => rule.owner),
    source: first((rule) => rule.source)?.replaceAll('{name}', () => last),
  };
}

/** The owner of the first of these packages that has one by the rules. */
export const ownerByRules = (
  packages: readonly PackageRule[],
  environment: Parameters<typeof resolveRules>[1],
  names: readonly string[],
): string | undefined => names.map((name) => resolveRules(packages, environment, name).owner).find((owner) => owner !== undefined);
