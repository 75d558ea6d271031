import { dump } from 'js-yaml';
import type { ObjectId } from '../domain/finding.ts';
import { appliedAnnotation, deployedAtLabel, environmentLabel, identityAnnotation } from '../domain/ownership.ts';
import { changedLeaves, isBounded, type LeafChange, leavesOf, summarize } from '../manifests/leaves.ts';
import { unifiedDiff } from '../manifests/object-diff.ts';
import { record } from '../manifests/objects.ts';
import { hideSecrets } from '../manifests/secrets.ts';

type Value = Readonly<Record<string, unknown>>;

/** An object that would be another than it is. */
export interface Change {
  readonly object: ObjectId;
  /** Unified diff as YAML, without a header; keys in the author's order, secrets' values hidden. May be cut: its last line says so. */
  readonly diff: string;
  /** One line: `image, 2 environment variables, memory 256Mi → 512Mi`. */
  readonly summary: string;
}

/** `order` is the value whose keys' order is kept: the author's. */
export function changeOf({ apiVersion, kind, namespace, name }: ObjectId, from: Value, to: Value, order: Value): Change {
  const object = { apiVersion, kind, namespace, name };
  const [before, after] = hideSecrets(ownLeft(from), ownLeft(to));
  if (!isBounded(before) || !isBounded(after)) return { object, diff: '(too large to be shown)', summary: 'too large to be compared' };
  const diff = unifiedDiff(yamlInOrder(before, inOrderOf(after, order)), yamlInOrder(after, order));
  return {
    object,
    diff: diff === '' ? '(only what is hidden, or how it is written)' : diff,
    summary: summarize(changedLeaves(leavesOf(before), leavesOf(after))),
  };
}

/** Each value that differs, secrets hidden; undefined for objects that are too large to be compared so. */
export function changesBetween(from: Value, to: Value): readonly LeafChange[] | undefined {
  const [before, after] = hideSecrets(ownLeft(from), ownLeft(to));
  return isBounded(before) && isBounded(after) ? changedLeaves(leavesOf(before), leavesOf(after)) : undefined;
}

const ours: Readonly<Record<string, readonly string[]>> = {
  labels: [environmentLabel, deployedAtLabel],
  annotations: [identityAnnotation, appliedAnnotation],
};

/** Without what a deployment writes itself: it is no difference. */
export function ownLeft(value: Value): Value {
  const metadata = Object.entries(record(value['metadata'])).flatMap(([key, part]) => {
    if (ours[key] === undefined || (typeof part !== 'object' && part !== undefined)) return [[key, part] as const];
    const left = Object.entries(record(part)).filter(([name]) => !ours[key]?.includes(name));
    return left.length === 0 ? [] : [[key, Object.fromEntries(left)] as const]; // an empty mapping says the same as none
  });
  return { ...value, metadata: Object.fromEntries(metadata) };
}

/** The value with its keys as they stand in the other, and those that the other lacks behind them. */
function inOrderOf(value: unknown, other: unknown): unknown {
  if (Array.isArray(value)) return itemsInOrder(value, Array.isArray(other) ? other : []);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const [own, theirs] = [record(value), record(other)];
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(own)])].filter((key) => Object.hasOwn(own, key));
  return Object.fromEntries(keys.map((key) => [key, inOrderOf(own[key], theirs[key])]));
}

/** Each item as the one of the other list that has its name; without one, as that at its place. */
function itemsInOrder(items: readonly unknown[], others: readonly unknown[]): unknown[] {
  const named = new Map(others.map((one) => [record(one)['name'], one]));
  return items.map((item, index) => {
    const name = record(item)['name'];
    return inOrderOf(item, (name === undefined ? undefined : named.get(name)) ?? others[index]);
  });
}

const mostYaml = 200_000;

/** The value as YAML, its keys in the order of the other. */
export const yamlInOrder = (value: unknown, order: unknown): string =>
  dump(inOrderOf(value, order), { noRefs: true, lineWidth: -1 }).slice(0, mostYaml);
