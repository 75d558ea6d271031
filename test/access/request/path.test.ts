import { accessPath, requestPath, touchesAccess } from '../../../src/access/request/path.ts';

describe('a request lies at', () => {
  test.each([
    ['access/billing/alice.yml', 'billing', 'alice'],
    ['access/billing/alice.yaml', 'billing', 'alice'],
    ['access/shop-1/team-payments-2.yml', 'shop-1', 'team-payments-2'],
    ['access/b/a.b_c.yml', 'b', 'a.b_c'],
    [`access/${'n'.repeat(63)}/a.yml`, 'n'.repeat(63), 'a'],
  ])('%s', (path, namespace, name) => {
    expect(accessPath(path)).toEqual({ namespace, name });
    expect(touchesAccess(path)).toBe(true);
  });

  test('the path that is made for it', () => {
    expect(accessPath(requestPath('billing', 'alice-2'))).toEqual({ namespace: 'billing', name: 'alice-2' });
  });
});

describe('nothing is asked for at', () => {
  test.each([
    'access',
    'access/',
    'access/README.md',
    'access/alice.yml',
    'access/billing/alice.yml/',
    'access/billing/alice.yml\n',
    'access/billing/alice.json',
    'access/billing/alice.YML',
    'access/billing/alice',
    'access/billing/.alice.yml',
    'access/billing/.yml',
    'access/billing/a..b.yml',
    'access/billing/Alice.yml',
    'access/billing/-alice.yml',
    'access/billing/deep/alice.yml',
    'access/Billing/alice.yml',
    'access/-billing/alice.yml',
    'access/billing-/alice.yml',
    'access/bill_ing/alice.yml',
    'access/bill.ing/alice.yml',
    `access/${'n'.repeat(64)}/alice.yml`,
    `access/billing/${'a'.repeat(101)}.yml`,
    'access//alice.yml',
    'access/billing//alice.yml',
    'access/./billing/alice.yml',
    'access/billing/./alice.yml',
    'access/../access/billing/alice.yml',
    'access/../manifests/web.yaml',
    'manifests/../access/billing/alice.yml',
    './access/billing/alice.yml',
    './/access/billing/alice.yml',
    '/access/billing/alice.yml',
    'Access/billing/alice.yml',
    'ACCESS/billing/alice.yml',
    'access\\billing\\alice.yml',
    'access /billing/alice.yml',
    'access./billing/alice.yml',
    ' access/billing/alice.yml',
    'acc\u200bess/billing/alice.yml',
    'ac\u0000cess/billing/alice.yml',
    '\uff41ccess/billing/alice.yml',
    'access/bill\u0456ng/alice.yml',
    'access/billing/al\u202eice.yml',
    'access/billing/alice.yml\u200b',
  ])('%j, and it is seen', (path) => {
    expect(accessPath(path)).toBeUndefined();
    expect(touchesAccess(path)).toBe(true);
  });
});

test.each(['environment.yml', 'manifests/access/billing/alice.yml', 'accessories/a.yml', 'my-access/b/a.yml', 'access.yml', '', '..'])(
  '%j has nothing to do with access',
  (path) => {
    expect(touchesAccess(path)).toBe(false);
    expect(accessPath(path)).toBeUndefined();
  },
);
