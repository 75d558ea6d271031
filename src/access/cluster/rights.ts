import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import { recordOf } from './values.ts';

/** Something that an account may do, in every namespace or to what belongs to none. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Of one object. */
  readonly name?: string;
}

/** Whether this account may. Throws OutsideError. */
export async function may(server: ApiServer, right: Right, signal: AbortSignal): Promise<boolean> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: right } };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const reply = await server.ask({ method: 'POST', path, body: JSON.stringify(review) }, signal);
  if (reply.status >= 300) throw new OutsideError(server.host, `POST ${path}: ${statusOf(reply).message}`, { status: reply.status });
  return recordOf(recordOf(JSON.parse(reply.body))['status'])['allowed'] === true;
}

/** What giving and taking grants, and this check, cannot do without: the rules of the ClusterRole lockkeeper-access. `roles`: of the levels. */
const neededRights = (roles: readonly string[]): readonly Right[] => [
  { group: 'lockkeeper.dev', resource: 'grants', verb: 'write' },
  ...['get', 'list', 'create', 'patch', 'delete'].flatMap((verb) => [
    { group: 'batch', resource: 'jobs', verb },
    { group: 'rbac.authorization.k8s.io', resource: 'rolebindings', verb },
  ]),
  ...roles.map((name) => ({ group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'bind', name })),
  ...['get', 'list'].map((verb) => ({ group: '', resource: 'namespaces', verb })),
  ...['validatingadmissionpolicies', 'validatingadmissionpolicybindings'].map((resource) => ({
    group: 'admissionregistration.k8s.io',
    resource,
    verb: 'get',
  })),
];

/** Those that this account lacks, in words. Throws OutsideError. */
export async function lackingRights(server: ApiServer, roles: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const rights = neededRights(roles);
  const allowed = await Promise.all(rights.map((right) => may(server, right, signal)));
  return rights.filter((_, index) => allowed[index] === false).map(wordsOf);
}

const wordsOf = ({ group, resource, verb, name }: Right): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}`;
