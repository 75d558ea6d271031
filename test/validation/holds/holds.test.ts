import type { DesiredState } from '../../../src/manifests/desired-object.ts';
import { planOf } from '../../../src/plan/plan.ts';
import { type Held, heldAfter, heldFirst, isSame, touchedBy } from '../../../src/validation/holds/holds.ts';
import { desired } from '../../support/desired.ts';

const [a, b, c] = ['apps/Deployment/shop/a', 'ConfigMap/shop/b', 'ClusterRole//c'];
const [early, later, late] = ['2026-11-20T08:00:00Z', '2026-11-20T09:00:00Z', '2026-11-21T08:00:00Z'];
const holding = (id: number, held: Held) => ({ id, held });

test.each<[string, Held, Readonly<Record<number, Held>>, readonly object[]]>([
  ['nobody else', { [a]: late }, {}, []],
  ['others hold other objects', { [a]: late }, { 3: { [b]: early } }, []],
  ['it was first', { [a]: early }, { 3: { [a]: late } }, []],
  ['somebody was first', { [a]: late }, { 3: { [a]: early } }, [{ by: 3, since: early, objects: [a] }]],
  ['of several the first alone is named', { [a]: late }, { 3: { [a]: later }, 9: { [a]: early } }, [{ by: 9, since: early, objects: [a] }]],
  ['at the same moment the lower number is', { [a]: late }, { 9: { [a]: late }, 3: { [a]: late } }, [{ by: 3, since: late, objects: [a] }]],
  ['and that may be its own', { [a]: late }, { 9: { [a]: late } }, []],
  [
    'each object has its own first',
    { [a]: later, [b]: later, [c]: later },
    { 3: { [a]: early, [b]: late, [c]: early }, 9: { [a]: late, [b]: early } },
    [
      { by: 3, since: early, objects: [c, a].sort() },
      { by: 9, since: early, objects: [b] },
    ],
  ],
  [
    'the oldest hold is named first',
    { [a]: late, [b]: late },
    { 3: { [a]: later }, 9: { [b]: early } },
    [
      { by: 9, since: early, objects: [b] },
      { by: 3, since: later, objects: [a] },
    ],
  ],
  ['one that touches nothing meets nobody', {}, { 3: { [a]: early } }, []],
])('%s', (_, own, others, expected) => {
  const all = Object.entries(others).map(([id, held]) => holding(Number(id), held));
  expect(heldFirst(holding(5, own), all)).toEqual(expected);
  expect(heldFirst(holding(5, own), all.toReversed())).toEqual(expected);
});

test('of any two that touch the same, exactly one is told of the other', () => {
  const times = [early, later, late];
  for (const one of times)
    for (const other of times) {
      const told = [
        heldFirst(holding(1, { [a]: one }), [holding(2, { [a]: other })]),
        heldFirst(holding(2, { [a]: other }), [holding(1, { [a]: one })]),
      ];
      expect(told.filter(({ length }) => length === 1)).toHaveLength(1);
    }
});

test.each<[string, Held, readonly string[], Held]>([
  ['the first plan', {}, [a], { [a]: late }],
  ['what it still touches it holds as long as before', { [a]: early, [b]: later }, [b, c], { [b]: later, [c]: late }],
  ['what it touches no more is free', { [a]: early }, [], {}],
])('after a plan: %s', (_, before, touched, after) => {
  expect(heldAfter(before, touched, late)).toEqual(after);
  expect(isSame(before, after)).toBe(false);
  expect(isSame(after, heldAfter(after, touched, '2027-01-01T00:00:00Z'))).toBe(true);
});

test('held is what a plan creates, changes and prunes; not what stays', () => {
  const config = (name: string, value: string) =>
    `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { key: ${value} }\n`;
  const state = (text: string): DesiredState => ({
    environment: { manifests: [], apps: {}, prune: { protect: [] } },
    objects: desired(text),
    findings: [],
    complete: true,
    bundles: new Map(),
  });
  const base = state(['same', 'changed', 'pruned'].map((name) => config(name, 'x')).join(''));
  const head = state(config('same', 'x') + config('changed', 'y') + config('created', 'x'));
  expect([...touchedBy(planOf(base, head))].sort()).toEqual(['ConfigMap/shop/changed', 'ConfigMap/shop/created', 'ConfigMap/shop/pruned']);
});
