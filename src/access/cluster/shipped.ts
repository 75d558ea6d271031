import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { metadataOf } from './live.ts';
import type { Value } from './objects.ts';
import { recordOf, textOf } from './values.ts';

/** A policy, and what puts it into force. */
export interface Shipped {
  readonly name: string;
  readonly policy: Value;
  readonly binding: Value;
}

/** Where whoever installs them finds them; read where they lie, so that they stand written once. */
export const policiesFile = 'environments-template/manifests/access/policies.yaml';

/** The policies of this version of Lockkeeper. */
export function shippedPolicies(): readonly Shipped[] {
  const objects = loadAll(readFileSync(resolve(import.meta.dirname, '../../..', policiesFile), 'utf8')).map(recordOf);
  const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding');
  return objects
    .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')
    .map((policy) => {
      const name = textOf(metadataOf(policy)['name']);
      const binding = bindings.find((one) => recordOf(one['spec'])['policyName'] === name) ?? {};
      return { name, policy, binding };
    });
}

/** What is the same however it is laid out, and whatever a server adds to it: lines broken elsewhere, defaults, and the longest grant. */
export function normal(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\s+/g, ' ').trim();
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, one]) => !isDefault(key, one))
    .map(([key, one]) => [key, normal(one)] as const);
  const found = Object.fromEntries(entries);
  const longest = found['name'] === 'longest' && /^duration\('\d+[hms]'\)$/.test(textOf(found['expression']));
  return longest ? { name: 'longest' } : found;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/ */
function isDefault(key: string, value: unknown): boolean {
  if (key === 'matchPolicy') return value === 'Equivalent';
  if (key === 'scope') return value === '*';
  return (key === 'namespaceSelector' || key === 'objectSelector') && Object.keys(recordOf(value)).length === 0;
}
