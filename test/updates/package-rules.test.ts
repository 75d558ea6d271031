import { type PackageRule, resolveRules } from '../../src/updates/package-rules.ts';

const environment = { types: ['minor', 'patch'] } as const;
const name = 'registry.example.com/payments/billing';

test('without a matching entry only the environment speaks', () => {
  expect(resolveRules([{ match: 'registry.example.com/shop/**', owner: 'team-shop' }], environment, name)).toEqual({
    types: ['minor', 'patch'],
  });
});

test('key by key from the most specific entry that has the key', () => {
  const packages: PackageRule[] = [
    { match: name, allow: '<3' },
    { match: '**', owner: 'platform', allow: '*', versioning: 'loose', ignore: ['0.x'] },
    { match: 'registry.example.com/payments/**', owner: 'team-payments', ignore: ['1.4.0'], source: 'gitlab:payments/{name}' },
  ];
  expect(resolveRules(packages, environment, name)).toEqual({
    types: ['minor', 'patch'],
    allow: '<3',
    ignore: ['1.4.0'],
    versioning: 'loose',
    owner: 'team-payments',
    source: 'gitlab:payments/billing',
  });
});

test('an empty list is a key that is there', () => {
  const packages: PackageRule[] = [
    { match: '**', ignore: ['0.x'] },
    { match: name, ignore: [] },
  ];
  expect(resolveRules(packages, environment, name).ignore).toEqual([]);
});

describe('the more specific of two', () => {
  test.each([
    [name, 'registry.example.com/payments/*'],
    [name, 'registry.example.com/payments/billing*'],
    ['registry.example.com/payments/**', 'registry.example.com/**'],
    ['registry.example.com/payments/b*', 'registry.example.com/payments/**'],
    ['registry.example.com/*/billing', 'registry.example.com/**'],
    ['**/payments/billing', '**'],
    ['registry.example.com/{payments,shop}/*', 'registry.example.com/**'],
  ])('%s before %s', (specific, general) => {
    for (const packages of [
      [
        { match: specific, owner: 'a' },
        { match: general, owner: 'b' },
      ],
      [
        { match: general, owner: 'b' },
        { match: specific, owner: 'a' },
      ],
    ]) {
      expect(resolveRules(packages, environment, name).owner).toBe('a');
    }
  });

  test('of equally specific ones the later', () => {
    const packages = ['a', 'b', 'c'].map((owner) => ({ match: 'registry.example.com/payments/**', owner }));
    expect(resolveRules(packages, environment, name).owner).toBe('c');
  });
});

test.each([
  ['registry:5000/org/app', 'registry:5000/**', true],
  ['docker.io/library/nginx', 'docker.io/library/*', true],
  ['docker.io/library/nginx', 'docker.io/*', false],
  ['registry.example.com/a/.hidden/app', 'registry.example.com/**', true],
  ['registry.example.com/payments/billing', 'registry.example.com/payments', false],
])('%s against %s: %s', (packageName, match, matched) => {
  expect(resolveRules([{ match, owner: 'x' }], environment, packageName).owner).toBe(matched ? 'x' : undefined);
});

test('each rule is told with the place where it stands', () => {
  const rules = [
    { match: '**', allow: '<9', ignore: ['3.x'], where: { allow: 'app.yml:9', ignore: 'app.yml:10' } },
    { match: name, allow: '<3', where: { allow: 'app.yml:12', ignore: 'app.yml:11' } },
  ];
  const { where } = resolveRules(rules, { ...environment, where: { types: 'app.yml:4' } }, name);
  expect(where).toEqual({ types: 'app.yml:4', allow: 'app.yml:12', ignore: 'app.yml:10' });
  expect(resolveRules([{ match: '**', allow: '<9' }], environment, name).where).toBeUndefined();
});

test('a name is put into the source as it is', () => {
  expect(resolveRules([{ match: '**', source: 'gitlab:{name}/{name}' }], environment, "x/$&$'").source).toBe("gitlab:$&$'/$&$'");
});
