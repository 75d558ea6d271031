import { meant, touches, withMended } from '../../../src/validation/verdict/mend.ts';
import type { Described } from '../../../src/validation/verdict/schema.ts';
import { objectOf } from '../../support/desired.ts';

const quantity = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity' };
const described: Described = {
  named: {},
  schema: { properties: { spec: { properties: { items: { items: { properties: { cpu: quantity, name: {} } } } } } } },
};
const object = objectOf({
  metadata: { labels: { a: true, b: 'fine', c: false } },
  spec: { replicas: '3', on: 'true', items: [{ cpu: '1mm', name: '1mm' }, { cpu: '500m' }, { cpu: 0.5 }, { cpu: '1GB' }], time: 'soon' },
  data: { one: 'YQ==', two: '!' },
});
const cannot = (found: string, field: string, wanted: string): string =>
  `json: cannot unmarshal ${found} into Go struct field Thing.${field} of type ${wanted}`;

test.each([
  [
    'every entry of a map',
    cannot('bool', 'metadata.labels', 'string'),
    [
      [['metadata', 'labels', 'a'], 'true'],
      [['metadata', 'labels', 'c'], 'false'],
    ],
  ],
  ['a number in quotes', cannot('string', 'spec.replicas', 'int32'), [[['spec', 'replicas'], 3]]],
  ['a truth value in quotes', cannot('string', 'spec.on', 'bool'), [[['spec', 'on'], true]]],
  ['through lists', cannot('number', 'spec.items.cpu', 'string'), [[['spec', 'items', 2, 'cpu'], '0.5']]],
  ['a map where a text belongs', cannot('object', 'metadata.labels', 'string'), [[['metadata', 'labels'], undefined]]],
  [
    'quantities, where the schema has them',
    "unable to parse quantity's suffix",
    [
      [['spec', 'items', 0, 'cpu'], '1'],
      [['spec', 'items', 3, 'cpu'], '1'],
    ],
  ],
  ['what is no base64', 'illegal base64 data at input byte 0', [[['data', 'two'], '']]],
  ['a time', 'parsing time "soon" as "2006-01-02"', [[['spec', 'time'], undefined]]],
  ['nothing that it understands', 'something else', []],
])('finds %s', (_, message, expected) => {
  expect(meant(message, object, described).map(({ path, value }) => [path, value])).toEqual(expected);
});

test('mends a copy', () => {
  const mended = withMended(object.value, [{ path: ['spec', 'replicas'], value: 3 }, { path: ['spec', 'time'] }]);
  expect(mended).toMatchObject({ spec: { replicas: 3 } });
  expect(mended).not.toHaveProperty('spec.time');
  expect(object.value).toHaveProperty('spec.time');
});

test.each([
  [['spec', 'replicas'], true],
  [['spec'], false],
  [['spec', 'template', 'requests', 'memory'], true],
  [['spec', 'selector'], false],
])('what is said of %j is of our making: %s', (path, expected) => {
  expect(
    touches(path, [{ path: ['spec', 'replicas'] }, { path: ['spec', 'template', 'limits', 'cpu'], scope: ['spec', 'template'] }]),
  ).toBe(expected);
});
