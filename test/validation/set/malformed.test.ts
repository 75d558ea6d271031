import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSet } from '../../../src/validation/set/check-set.ts';
import { desired, objectOf } from '../../support/desired.ts';
import { fc } from '../../support/fuzz.ts';
import { web } from './support.ts';

type Value = Record<string, unknown>;
const root = resolve(import.meta.dirname, '../../fixtures/sets');
const more = `apiVersion: v1
kind: Pod
metadata: { name: a }
spec: { ephemeralContainers: [{ envFrom: [{ secretRef: { name: s } }] }], volumes: [{ ephemeral: { volumeClaimTemplate: { spec: { storageClassName: x } } } }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: a }
spec: { scaleTargetRef: { name: a } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: a }
spec: { selector: { matchExpressions: [{ key: a, operator: In, values: [b] }] }, template: { metadata: { labels: { a: b } } } }
---
`;
const manifests: readonly Value[] = [
  ...readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => desired(readFileSync(join(root, name), 'utf8'))),
  ...desired(more + web('priorityClassName: a', 'resources: { limits: { memory: 1m, cpu: 500 }, requests: { cpu: 1m } }')),
].map(({ value }) => value);

/** Every place in a value. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

function put(value: unknown, [key, ...rest]: readonly string[], what: unknown): unknown {
  if (key === undefined) return what;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? put(item, rest, what) : item));
  const fields = value as Value;
  return { ...fields, [key]: put(fields[key], rest, what) };
}

const oddities = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, 0, -1, 1.5, Number.NaN, 2n ** 70n, '', 'a', '/', '\n', '${A}', [], [null], {}, [
    [],
  ]),
  fc.constantFrom<unknown>(
    { name: {} },
    [{ name: [] }],
    { '': '' },
    [{ key: 1 }],
    { constructor: 'a' },
    { length: 3 },
    'constructor',
    '__proto__',
  ),
  fc.string(),
  fc.jsonValue({ maxDepth: 3 }),
);
const broken = fc.constantFrom(...manifests).chain((manifest) =>
  fc.array(fc.tuple(fc.constantFrom(...placesIn(manifest).slice(1)), oddities), { minLength: 1, maxLength: 4 }).map((changes) => {
    // A place may have gone with an earlier change.
    let value: unknown = manifest;
    for (const [path, what] of changes)
      if (placesIn(value).some((place) => place.join('\n') === path.join('\n'))) value = put(value, path, what);
    return value as Value;
  }),
);

test('whatever a field holds, findings are told and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.array(broken, { minLength: 1, maxLength: 4 }), (values) => {
      const objects = [...values, ...manifests.slice(0, 20)].map(objectOf);
      for (const known of [undefined, { has: () => false }, { has: () => true }]) {
        for (const { message, rule, line } of checkSet(objects, known)) {
          expect([message.endsWith('.'), rule.length > 0, line]).toEqual([true, true, 1]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('aliases that hold themselves, and depth without end', () => {
  const circle: Value = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } };
  circle['spec'] = { template: circle, selector: circle, image: '${TAG}' };
  let deep: unknown = '${TAG}';
  for (let level = 0; level < 100_000; level++) deep = { deep };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'b' }, spec: { deep, containers: deep } };
  expect(checkSet([circle, object].map(objectOf)).map(({ message }) => message)).toEqual([
    'spec.image is ${TAG}: a placeholder that nobody filled in.',
  ]);
});
