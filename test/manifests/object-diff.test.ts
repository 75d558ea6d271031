import { load } from 'js-yaml';
import { diffObjects } from '../../src/manifests/object-diff.ts';
import { objectsIn } from '../../src/manifests/objects.ts';

const objects = (text: string) => objectsIn('all.yaml', text).objects;
const deployment = (image: string, env: string, memory: string, replicas = 2) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: billing }
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: api
          image: ${image}
          env: [${env}]
          resources: { requests: { memory: ${memory} }, limits: { memory: ${memory} } }
`;
const secret = (password: string, more = '') => `
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: billing${more} }
stringData: { user: billing, password: ${password} }
`;

test('added, removed, changed; order and the order of keys are of no account', () => {
  const a = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1", y: "2"}\n`;
  const b = `kind: ConfigMap\napiVersion: v1\ndata: {y: "2", x: "1"}\nmetadata: {name: a}\n`;
  const other = (name: string) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  const diff = diffObjects(objects(a + other('old')), objects(`${other('new')}---\n${b}`));
  expect(diff.changed).toEqual([]);
  expect(diff.added.map(({ name }) => name)).toEqual(['new']);
  expect(diff.removed.map(({ name }) => name)).toEqual(['old']);
});

test('a change of the API version is a change, not another object', () => {
  const policy = (version: string) => objects(`apiVersion: policy/${version}\nkind: PodDisruptionBudget\nmetadata: {name: a}\n`);
  expect(diffObjects(policy('v1beta1'), policy('v1'))).toMatchObject({
    added: [],
    removed: [],
    changed: [{ diff: expect.stringContaining('-apiVersion: policy/v1beta1\n+apiVersion: policy/v1') }],
  });
});

test('summary, diff and images', () => {
  const image = 'registry.example.com:5000/payments/billing';
  const { changed, images } = diffObjects(
    objects(deployment(`${image}:1.4.2`, '{name: A, value: "1"}', '256Mi')),
    objects(deployment(`${image}:1.6.0@sha256:${'ab'.repeat(32)}`, '{name: A, value: "2"}, {name: B, value: x}', '512Mi', 3)),
  );
  expect(changed[0]?.summary).toBe('image, replicas 2 → 3, 2 environment variables, memory 256Mi → 512Mi');
  expect(changed[0]?.diff).toContain(`-        - env:\n-            - name: A\n-              value: '1'`.split('\n')[2]);
  expect(images).toEqual([{ image, from: '1.4.2', to: '1.6.0@sha256:abababababab' }]);
});

test('secrets: that they changed is shown, and nothing of what they were or are', () => {
  const applied = (text: string) => `, annotations: {kubectl.kubernetes.io/last-applied-configuration: '${text}'}`;
  const { changed } = diffObjects(
    objects(secret('hunter2', applied('hunter2'))),
    objects(secret('correct-horse-battery', applied('correct-horse-battery'))),
  );
  const shown = JSON.stringify(changed.map(({ diff, summary }) => [diff, summary]));
  expect(changed[0]?.summary).toBe('key password, annotations');
  expect(shown).toContain('-  password: (hidden)');
  expect(shown).toContain('+  password: (hidden, changed)');
  expect(shown).not.toMatch(/hunter2|correct|battery/);
  const longer = diffObjects(objects(secret('a')), objects(secret('b'.repeat(500)))).changed[0]?.diff;
  expect(longer).toBe(diffObjects(objects(secret('c')), objects(secret('d'))).changed[0]?.diff);
});

test('a Secret whose kind is written wrongly is no less secret', () => {
  const wrong = (password: string) => objects(secret(password).replace('Secret', 'secret'));
  expect(diffObjects(wrong('hunter2'), wrong('correct')).changed[0]?.diff).not.toMatch(/hunter2|correct/);
});

test.each([
  ['a misspelt key', 'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringDate: { password: VALUE }'],
  ['beside the keys', 'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\npassword: VALUE'],
  ['a text', 'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: VALUE'],
  ['a list', 'apiVersion: v1\nkind: Secret\nmetadata: { name: db }\ndata: [VALUE]'],
  [
    'in a template',
    'apiVersion: x.io/v1\nkind: Set\nmetadata: { name: db }\nspec: { all: [{ kind: Secret, stringData: { password: VALUE } }] }',
  ],
])('a Secret whose value stands in the wrong place: %s', (_, text) => {
  const [change] = diffObjects(objects(text.replace('VALUE', 'hunter2')), objects(text.replace('VALUE', 'correct'))).changed;
  expect(change?.diff).toContain('(hidden, changed)');
  expect(`${change?.diff} ${change?.summary}`).not.toMatch(/hunter2|correct/);
});

test('what names a Secret is shown', () => {
  const text = (name: string) =>
    `apiVersion: x.io/v1\nkind: Release\nmetadata: { name: db }\nspec: { from: [{ kind: Secret, name: ${name} }] }`;
  expect(JSON.stringify(diffObjects(objects(text('one')), objects(text('two'))).changed)).toMatch(/one.*two/);
});

test('an object whose aliases multiply is a change, and no work', () => {
  const bomb = (version: string) => {
    const levels = Array.from('bcdefg', (name, at) => `${name}: &${name} [${`*${'abcdef'[at]}, `.repeat(9)}]\n`);
    return objects(`a: &a [x]\n${levels.join('')}apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bomb, v: "${version}" }\n`);
  };
  expect(diffObjects(bomb('1'), bomb('2')).changed).toMatchObject([
    { summary: 'too large to be compared', diff: '(too large to be shown)' },
  ]);
  expect(diffObjects(bomb('1'), bomb('1')).changed).toEqual([]);
});

test('a list of one kind: its items need not say the kind', () => {
  const list = (password: string) =>
    objects(`apiVersion: v1\nkind: SecretList\nitems:\n  - metadata: { name: db }\n    stringData: { password: ${password} }\n`);
  const { changed } = diffObjects(list('hunter2'), list('correct'));
  expect(changed).toMatchObject([{ object: { kind: 'Secret', name: 'db' }, diff: expect.not.stringMatching(/hunter2|correct/) }]);
});

test('whatever the size, the output is bounded', () => {
  const data = (value: string) =>
    objects(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${Array.from({ length: 3000 }, (_, index) => `  k${index}: ${value}${index}`).join('\n')}\n`,
    );
  const [change] = diffObjects(data('a'), data('b')).changed;
  expect(change?.diff.length).toBeLessThan(100_000);
  expect(change?.summary).toBe('3000 keys');
});

test('aliases that repeat each other are no trouble', () => {
  const bomb = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`)]
    .map((line) => `  ${line}`)
    .join('\n');
  const text = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: ${name}}}\nspec:\n${bomb}\n`;
  expect(load(text('x'))).toBeDefined();
  expect(diffObjects(objects(text('x')), objects(text('y'))).changed).toHaveLength(1);
  const circle = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: ${name}}}\nspec: &s {again: *s}\n`;
  expect(diffObjects(objects(circle('x')), objects(circle('y'))).changed.length).toBeLessThanOrEqual(1);
});
