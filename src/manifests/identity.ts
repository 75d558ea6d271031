import type { ObjectId } from '../domain/finding.ts';

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

/** `apps/Deployment`; core kinds have no group: `Service`. */
export const groupKind = ({ apiVersion, kind }: Pick<ObjectId, 'apiVersion' | 'kind'>): string =>
  [groupOf(apiVersion), kind].filter((part) => part !== '').join('/');

/** The same for two objects that are one in a cluster, whatever version of their kind says so. An object without a namespace lands in `default`, if its kind has any. */
export const identityOf = (object: ObjectId): string =>
  [groupKind(object), object.namespace === 'default' ? '' : object.namespace, object.name].join('/');
