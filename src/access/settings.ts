import type { AccessLevel } from '../domain/access.ts';

/** Users and groups (`@platform/leads`) of app.yml, some of them pinned: `lead#42`. */
export type Names = readonly string[];

/** What holds for one environment, namespace and level. Durations in milliseconds. */
export interface AccessRules {
  /** ClusterRole that the level binds. */
  readonly role: string;
  readonly approvers: Names;
  readonly approvals: number;
  readonly maxDurationMs: number;
  /** What a subject may hold in the namespace at once, all grants together. */
  readonly maxTotalMs: number;
  /** Something in the reason must match. */
  readonly reason?: RegExp;
  /** Undefined: whoever may push. */
  readonly requesters?: Names;
  readonly breakGlass?: { readonly users: Names; readonly maxDurationMs: number };
}

type Otherwise = Partial<Omit<AccessRules, 'role'>>;

export interface AccessPolicy extends Otherwise {
  /** Empty: all. */
  readonly environments: readonly string[];
  /** Patterns with `*`. Empty: all. */
  readonly namespaces: readonly string[];
  readonly levels: readonly AccessLevel[];
}

/** What app.yml says of access. */
export interface AccessSettings {
  readonly levels: Readonly<Record<AccessLevel, string>>;
  readonly rules: Omit<AccessRules, 'role' | 'maxTotalMs'> & Pick<Otherwise, 'maxTotalMs'>;
  readonly policies: readonly AccessPolicy[];
  /** Undefined: every user of the forge. */
  readonly users?: Names;
  /** The cluster's name of a group, and the forge's group (with @) that is in it. */
  readonly groups: Readonly<Record<string, string>>;
  /** Patterns; undefined: all that are not protected. */
  readonly namespaces?: readonly string[];
  readonly protected: readonly string[];
  readonly expireAfterMs: number;
  readonly dwellMs: number;
  readonly merge: 'service' | 'person';
  readonly guards: 'required' | 'optional';
}

/** Where nobody is ever given access: where Kubernetes and we run, as the template has it; whoever is admin there has our credentials. */
const alwaysProtected: readonly string[] = ['kube-*', 'lockkeeper', 'lockkeeper-system'];

export const isProtected = (settings: Pick<AccessSettings, 'protected'>, namespace: string): boolean =>
  [...alwaysProtected, ...settings.protected].some((pattern) => fits(pattern, namespace));

/** Whether anybody could approve anything anywhere. */
export const isConfigured = ({ rules, policies }: AccessSettings): boolean =>
  [rules, ...policies].some(({ approvers = [], breakGlass }) => approvers.length > 0 || breakGlass !== undefined);

/** The first policy that fits holds; what it does not name is as for all. */
export function rulesFor(settings: AccessSettings, environment: string, namespace: string, level: AccessLevel): AccessRules {
  const found = settings.policies.find(
    ({ environments, namespaces, levels }) =>
      (environments.length === 0 || environments.includes(environment)) &&
      (namespaces.length === 0 || namespaces.some((pattern) => fits(pattern, namespace))) &&
      (levels.length === 0 || levels.includes(level)),
  );
  const { environments: _, namespaces: __, levels: ___, ...otherwise } = found ?? { environments: [], namespaces: [], levels: [] };
  const rules = { ...settings.rules, ...otherwise };
  return { ...rules, role: settings.levels[level], maxTotalMs: rules.maxTotalMs ?? rules.maxDurationMs };
}

/** `*` stands for any part of a name. */
export function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
