import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { listAt, textAt, valueAt } from './values.ts';
import { groupKind, namespaceOf, type Workload } from './workload.ts';

/**
 * A token is needless where nobody gave its account a right: the account is `default`, or stands in this environment, and no
 * binding of the environment names it. Whoever writes automountServiceAccountToken has thought of it; an account from elsewhere
 * may be bound elsewhere. https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
 */
export function tokenPoints({ objects, workloads }: Survey): readonly Point[] {
  const accounts = new Map(
    objects
      .filter((object) => groupKind(object) === '/ServiceAccount')
      .map((object) => [accountKey(namespaceOf(object), object.name), object]),
  );
  const bound = boundAccounts(objects);
  return workloads.flatMap((workload) => pointsOf(workload, accounts, bound));
}

const accountKey = (namespace: string, name: string): string => `${namespace}:${name}`;

function pointsOf(workload: Workload, accounts: ReadonlyMap<string, DesiredObject>, bound: ReadonlySet<string>): readonly Point[] {
  const { namespace, object, spec, specPath } = workload;
  const name = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount') || 'default';
  const account = accounts.get(accountKey(namespace, name));
  const written = valueAt(spec, 'automountServiceAccountToken') ?? valueAt(account?.value, 'automountServiceAccountToken') ?? undefined;
  const isUnknown = account === undefined && name !== 'default';
  if (written !== undefined || isUnknown || [accountKey(namespace, name), accountKey(namespace, ''), ''].some((key) => bound.has(key)))
    return [];
  return [
    {
      rule: 'service-account-token',
      object,
      path: [...specPath, 'automountServiceAccountToken'],
      message: `The token of service account ${name} is mounted, and no RoleBinding of this environment gives it a right: only an intruder can use it.`,
      help: "Set automountServiceAccountToken to false in the pod's spec.",
    },
  ];
}

/** Keys of accounts; with an empty name all of a namespace, and '' for all there are. */
function boundAccounts(objects: readonly DesiredObject[]): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ apiVersion, kind }) => apiVersion.startsWith('rbac.authorization.k8s.io/') && kind.endsWith('RoleBinding'))
      .flatMap((object) => listAt(object.value, 'subjects').flatMap((subject) => boundBy(subject, namespaceOf(object)))),
  );
}

const user = /^system:serviceaccount:([^:]+):([^:]+)$/;
const group = /^system:serviceaccounts(?::([^:]+))?$/;

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function boundBy(subject: unknown, namespace: string): readonly string[] {
  const [kind, name] = [textAt(subject, 'kind'), textAt(subject, 'name')];
  if (kind === 'ServiceAccount') return [accountKey(textAt(subject, 'namespace') || namespace, name)];
  const [, userNamespace, account] = (kind === 'User' && user.exec(name)) || [];
  if (userNamespace !== undefined && account !== undefined) return [accountKey(userNamespace, account)];
  const found = kind === 'Group' ? group.exec(name) : null;
  if (found === null) return [];
  return [found[1] === undefined ? '' : accountKey(found[1], '')];
}
