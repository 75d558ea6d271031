import { objectsOf } from '../../../src/dashboard/app/belonging.ts';
import type { PlacedReference, WantedObject } from '../../../src/dashboard/app/source.ts';

const object = (name: string, change: Partial<WantedObject> = {}): WantedObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  namespace: '',
  name,
  file: 'all.yaml',
  line: 1,
  labels: [],
  ...change,
});
const reference = (app: string, line: number, file = 'all.yaml'): PlacedReference => ({ app, file, line });

const cases: readonly (readonly [
  name: string,
  objects: readonly WantedObject[],
  references: readonly PlacedReference[],
  because: Readonly<Record<string, string>>,
])[] = [
  ['nothing says so', [object('a')], [], {}],
  [
    'a version between its line and the next object of the file',
    [object('b', { line: 20 }), object('a', { line: 1 }), object('c', { line: 40 })],
    [reference('billing', 19), reference('web', 20), reference('web', 50)],
    { a: 'reference' },
  ],
  ['a version in a file of the same line numbers is not its', [object('a', { line: 1 })], [reference('billing', 5, 'other.yaml')], {}],
  ['its bundle', [object('a', { bundleOf: 'billing' }), object('b', { bundleOf: 'web' })], [], { a: 'bundle' }],
  ['a label', [object('a', { labels: ['shop', 'billing'] }), object('b', { labels: ['billing-db'] })], [], { a: 'label' }],
  [
    'its namespace, and what is in it',
    [object('pay', { kind: 'Namespace' }), object('a', { namespace: 'pay' }), object('b', { namespace: 'payments' }), object('pay')],
    [],
    { pay: 'namespace', a: 'namespace' },
  ],
  [
    'a file of this app alone: what stands there without a version too',
    [object('a', { line: 1 }), object('b', { line: 20 })],
    [reference('billing', 5), reference('billing', 7)],
    { a: 'reference', b: 'file' },
  ],
  [
    'a file of two apps: only what names the version',
    [object('a', { line: 1 }), object('b', { line: 20 }), object('c', { line: 30 })],
    [reference('billing', 5), reference('web', 25)],
    { a: 'reference' },
  ],
];

test.each(cases)('%s', (_, objects, references, because) => {
  const found = objectsOf({ objects }, { app: 'billing', namespace: 'pay', references });
  expect(Object.fromEntries(found.map((one) => [one.name, one.because]))).toEqual(because);
  expect(found).toHaveLength(Object.keys(because).length);
});

test('without a namespace of its own, the objects that name none are not its', () => {
  expect(objectsOf({ objects: [object('a')] }, { app: 'billing', namespace: undefined, references: [] })).toEqual([]);
});
