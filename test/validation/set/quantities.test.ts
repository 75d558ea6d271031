import { parseQuantity } from '../../../src/validation/set/quantity.ts';
import { found, web } from './support.ts';

const resources = (text: string) => web('', `resources: { ${text} }`);
const milli = (path: string, value: string, line = 9) => [
  `error memory-unit ${line}: ${path} is ${value}, which is less than a byte or a few: m means thousandths.`,
];
const object = (kind: string, more: string) => `apiVersion: v1\nkind: ${kind}\nmetadata: { name: a }\nspec: ${more}\n`;

test.each([
  ['limit', resources('limits: { memory: 128m }'), milli('limits.memory', '128m')],
  ['request', resources('requests: { memory: 512m }'), milli('requests.memory', '512m')],
  ['ephemeral storage', resources('requests: { ephemeral-storage: 1000m }'), milli('requests.ephemeral-storage', '1000m')],
  ['pod', web('resources: { limits: { memory: 128m } }'), milli('limits.memory', '128m', 10)],
  ['temporary folder', web('volumes: [{ emptyDir: { sizeLimit: 500m } }]'), milli('emptyDir.sizeLimit', '500m', 10)],
  ['claim', object('PersistentVolumeClaim', '{ resources: { requests: { storage: 100m } } }'), milli('requests.storage', '100m', 4)],
  [
    'template of a claim',
    object('StatefulSet', '{ volumeClaimTemplates: [{ spec: { resources: { requests: { storage: 100m } } } }] }').replace('v1', 'apps/v1'),
    milli('requests.storage', '100m', 4),
  ],
  ['volume', object('PersistentVolume', '{ capacity: { storage: 100m } }'), milli('capacity.storage', '100m', 4)],
  ['quota', object('ResourceQuota', '{ hard: { limits.memory: 100m, requests.cpu: 100m } }'), milli('hard.limits.memory', '100m', 4)],
  ['range', object('LimitRange', '{ limits: [{ default: { memory: 100m, cpu: 100m } }] }'), milli('default.memory', '100m', 4)],
  ['a fraction as Kubernetes writes it', resources('limits: { memory: 1717986918400m }'), []],
  ['good ones', resources('limits: { memory: 128Mi, cpu: 500m }, requests: { memory: 64M, cpu: 0.1 }'), []],
  ['no amount', resources('limits: { memory: lots, cpu: {} }'), []],
  ['zero', resources('limits: { memory: 0 }'), []],
])('thousandths of bytes: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test.each([
  ['limits: { memory: 512 }', ['error memory-unit 9: limits.memory is 512, which is 512 bytes: no container runs in so little.']],
  [
    'requests: { memory: 512k }',
    ['warning memory-unit 9: requests.memory is 512k, which is 512000 bytes: no container runs in so little.'],
  ],
  ['limits: { memory: 4Ki }', ['error memory-unit 9: limits.memory is 4Ki, which is 4096 bytes: no container runs in so little.']],
  ['limits: { memory: 134217728 }', []],
  ['limits: { cpu: 500 }, requests: { cpu: 500m }', ['warning cpu-unit 9: limits.cpu is 500 whole cores, with 500m requested.']],
  ['requests: { cpu: 1000 }', ['warning cpu-unit 9: requests.cpu is 1000 whole cores, more than a machine has.']],
  ['limits: { cpu: 4 }, requests: { cpu: 10m }', []],
  ['limits: { cpu: 96 }, requests: { cpu: 96 }', []],
  ['limits: { cpu: 64 }, requests: { cpu: 0 }', []],
])('%s', (text, expected) => {
  expect(found(resources(text))).toEqual(expected);
});

test.each([
  ['1', 1, ''],
  ['.5', 0.5, ''],
  ['1.', 1, ''],
  ['-1Ki', -1024, 'Ki'],
  ['12e6', 12_000_000, ''],
  ['1E', 1e18, 'E'],
  [5n, 5, ''],
])('the amount %s', (text, value, suffix) => {
  expect(parseQuantity(text)).toEqual({ value, suffix });
});

test.each(['', '1i', '1ki', '1K', '1 Mi', '1e', '0x1', '..', true, null, {}])('no amount: %p', (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});
