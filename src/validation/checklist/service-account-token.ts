import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from '../set/field.ts';
import type { ObjectSet } from '../set/object-set.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { shortened, type Workload } from './workload.ts';

/**
 * A token is needless where nobody gave its account a right: the account is `default`, or stands in this environment, and no
 * binding of the environment names it. Whoever writes automountServiceAccountToken has thought of it; an account from elsewhere
 * may be bound elsewhere. https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting
 */
export function tokenPoints({ set, workloads }: Survey): readonly Point[] {
  const bound = boundAccounts(set);
  return workloads.flatMap((workload) => pointsOf(workload, set, bound));
}

function pointsOf({ object, pod }: Workload, set: ObjectSet, bound: ReadonlySet<string>): readonly Point[] {
  const [namespace, field] = [object.namespace || 'default', pod.at('automountServiceAccountToken')];
  const name = pod.at('serviceAccountName').text || pod.at('serviceAccount').text || 'default';
  const [account] = set.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: object.namespace, name });
  const isSaid = field.isThere || (account !== undefined && new Field(account.value).at('automountServiceAccountToken').isThere);
  const isUnknown = account === undefined && name !== 'default';
  if (isSaid || isUnknown || [accountKey(namespace, name), accountKey(namespace, ''), ''].some((key) => bound.has(key))) return [];
  return [
    {
      rule: 'service-account-token',
      object,
      path: field.path,
      message: `The token of service account ${shortened(name)} is mounted, and no RoleBinding of this environment gives it a right: only an intruder can use it.`,
      help: "Set automountServiceAccountToken to false in the pod's spec.",
    },
  ];
}

const accountKey = (namespace: string, name: string): string => `${namespace}:${name}`;

/** Keys of accounts; with an empty name all of a namespace, and '' for all there are. */
function boundAccounts(set: ObjectSet): ReadonlySet<string> {
  const bindings = set.ofKind('rbac.authorization.k8s.io/RoleBinding', 'rbac.authorization.k8s.io/ClusterRoleBinding');
  return new Set(bindings.flatMap((object) => new Field(object.value).at('subjects').items.flatMap((subject) => boundBy(subject, object))));
}

const user = /^system:serviceaccount:([^:]+):([^:]+)$/;
const group = /^system:serviceaccounts(?::([^:]+))?$/;

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects */
function boundBy(subject: Field, { namespace }: DesiredObject): readonly string[] {
  const [kind, name] = [subject.at('kind').text, subject.at('name').text];
  if (kind === 'ServiceAccount') return [accountKey(subject.at('namespace').text || namespace || 'default', name)];
  const [, userNamespace, account] = (kind === 'User' && user.exec(name)) || [];
  if (userNamespace !== undefined && account !== undefined) return [accountKey(userNamespace, account)];
  const found = kind === 'Group' ? group.exec(name) : null;
  if (found === null) return [];
  return [found[1] === undefined ? '' : accountKey(found[1], '')];
}
