import type { ObjectId } from './finding.ts';

/** What a deployment writes on every object it applies; see design.md, section 7. */
export const environmentLabel = 'lockkeeper.dev/environment';
export const deployedAtLabel = 'lockkeeper.dev/deployed-at';
export const identityAnnotation = 'lockkeeper.dev/identity';
/** What people write on an object that prune shall leave: `disabled`. */
export const pruneAnnotation = 'lockkeeper.dev/prune';

/** The text of the identity annotation: `group/Kind/namespace/name`, empty where an object has none of it. */
export function identityText({ apiVersion, kind, namespace, name }: ObjectId): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return [group, kind, namespace, name].join('/');
}

/** Digests of the document that was applied, and of the fields that were ours then: whether its author, or anybody in the cluster, has changed it since. */
export const appliedAnnotation = 'lockkeeper.dev/applied';
/** What people write on an object that may be deleted and made anew where a field of it cannot be changed: `enabled`. */
export const recreateAnnotation = 'lockkeeper.dev/recreate';
/** What people write on an object whose fields may be taken from other field managers: `enabled`. */
export const takeOverAnnotation = 'lockkeeper.dev/take-over';

/** As which field manager a deployment applies. */
export const fieldManager = 'lockkeeper';

/** The id of the grant: on its RoleBinding, and on the Job that is its timer. */
export const grantLabel = 'lockkeeper.dev/grant';
/** When the grant ends: RFC 3339, UTC. */
export const expiresAnnotation = 'lockkeeper.dev/expires-at';
/** What people write on a namespace whose RBAC the policies of grants shall not guard, and where nothing is granted then: `disabled`. */
export const guardLabel = 'lockkeeper.dev/guard';
