import { beside, type FieldSet, split, union } from '../../../src/deploy/apply/field-sets.ts';

const [x, y, z] = ['f:x', 'f:y', 'f:z'];

test.each<[string, FieldSet, FieldSet, FieldSet]>([
  ['two fields', { [x]: {} }, { [y]: {} }, { [x]: {}, [y]: {} }],
  ['the same field', { [x]: {} }, { [x]: {} }, { [x]: {} }],
  ['fields below one', { [x]: { [y]: {} } }, { [x]: { [z]: {} } }, { [x]: { [y]: {}, [z]: {} } }],
  ['a field, and one below it', { [x]: {} }, { [x]: { [y]: {} } }, { [x]: { '.': {}, [y]: {} } }],
  [
    'an item, said twice',
    { 'k:{"a":1}': { '.': {}, [x]: {} } },
    { 'k:{"a":1}': { [y]: {} } },
    { 'k:{"a":1}': { '.': {}, [x]: {}, [y]: {} } },
  ],
])('the union of %s', (_, one, other, both) => {
  expect(union(one, other)).toEqual(both);
});

test.each<[string, FieldSet, FieldSet, readonly string[]]>([
  ['nothing', { [x]: {} }, { [x]: {} }, []],
  ['a field', { [x]: {}, [y]: {} }, { [x]: {} }, ['y']],
  ['a field below', { 'f:spec': { [x]: {}, [y]: {} } }, { 'f:spec': { [x]: {} } }, ['spec.y']],
  ['nothing of what the other holds as a whole', { 'f:spec': { [x]: {} } }, { 'f:spec': {} }, []],
  ['nothing of a field of which the other has some', { [x]: {} }, { [x]: { [y]: {} } }, []],
  ['items by key and value', { 'f:a': { 'k:{"name":"b","port":1}': { '.': {} }, 'v:"c"': {} } }, { 'f:a': {}, 'f:b': {} }, []],
  [
    'items of a list',
    { 'f:a': { 'k:{"name":"b","port":1}': { '.': {}, [x]: {} }, 'v:"c"': {} } },
    { 'f:a': { 'k:{"name":"d"}': {} } },
    ['a[name=b,port=1]', 'a["c"]'],
  ],
  ['a key with a dot', { 'f:metadata': { 'f:labels': { 'f:a.b/c': {} } } }, {}, ['metadata']],
])('one set holds beside another: %s', (_, one, other, paths) => {
  expect(beside(one, other)).toEqual(paths);
});

const isMeant = (path: string): boolean => path === 'x.a/b' || path === 'y';
test.each<[string, FieldSet, ReturnType<typeof split>]>([
  ['none of it is meant', { [x]: { '.': {}, [z]: {} } }, { rest: { [x]: { '.': {}, [z]: {} } } }],
  ['all that is below', { [y]: { [z]: {} } }, { meant: { [y]: { [z]: {} } } }],
  [
    'a field among others',
    { [x]: { '.': {}, 'f:a/b': {}, [z]: {} } },
    { meant: { [x]: { '.': {}, 'f:a/b': {} } }, rest: { [x]: { [z]: {} } } },
  ],
  ['a field alone', { [x]: { '.': {}, 'f:a/b': {} } }, { meant: { [x]: { '.': {}, 'f:a/b': {} } } }],
])('a set in two: %s', (_, set, parts) => {
  expect(split(set, isMeant)).toEqual(parts);
});
