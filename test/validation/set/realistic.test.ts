import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSet } from '../../../src/validation/set/check-set.ts';
import { desired } from '../../support/desired.ts';

const root = resolve(import.meta.dirname, '../../fixtures/sets');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
const read = (change: (text: string, file: string) => string = (text) => text) =>
  files.flatMap((file) => desired(change(readFileSync(join(root, file), 'utf8'), file), file));
const seen = (...args: Parameters<typeof read>) =>
  checkSet(read(...args)).map(({ severity, rule, file, message }) => `${severity} ${rule} ${file}: ${message}`);

test('a web shop of twelve apps, with certificates, ingress and monitoring, gives no false alarm', () => {
  expect(read().length).toBeGreaterThan(150);
  expect(seen()).toEqual([]);
});

test.each([
  [
    'cart',
    'configMapRef: { name: cart }',
    'configMapRef: { name: crat }',
    'error dangling-reference shop/cart.yaml: Deployment cart in namespace shop needs ConfigMap crat, which is not in this environment.',
  ],
  [
    'cart',
    'key: LOG_LEVEL',
    'key: LOGLEVEL',
    'error dangling-reference shop/cart.yaml: Deployment cart in namespace shop needs the key LOGLEVEL of ConfigMap cart, which has no such key.',
  ],
  [
    'orders',
    'name: orders-db-app',
    'name: order-db-app',
    'warning dangling-reference shop/orders.yaml: Deployment orders in namespace shop needs Secret order-db-app, which is not in this environment.',
  ],
  [
    'mailer',
    '512Mi',
    '512m',
    'error memory-unit shop/mailer.yaml: limits.memory is 512m, which is less than a byte or a few: m means thousandths.',
  ],
  [
    'mailer',
    'shop/mailer:1.10.0\n          args',
    'shop/mailer:${TAG}\n          args',
    'error placeholder shop/mailer.yaml: spec.template.spec.containers[0].image is registry.example.com/shop/mailer:${TAG}: a placeholder that nobody filled in.',
  ],
  [
    'mailer',
    '- host: mailer.',
    '- host: cart.',
    'warning ingress-clash shop/mailer.yaml: Ingress mailer in namespace shop routes cart.shop.example.com /, which Ingress cart in namespace shop routes already (shop/cart.yaml:95).',
  ],
  [
    'admin',
    'name: admin, port: 80',
    'name: admin, port: 8080',
    'error dangling-reference shop/admin.yaml: HTTPRoute admin in namespace shop sends requests to port 8080 of Service admin, which has no such port.',
  ],
])('a slip in %s: %s', (app, from, to, expected) => {
  const change = (text: string, file: string) => (file === `shop/${app}.yaml` ? text.replace(from, to) : text);
  expect(seen(change)).toEqual([expected]);
});
