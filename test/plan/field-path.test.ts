import { fieldPath, written } from '../../src/plan/field-path.ts';

const value = {
  metadata: { labels: { 'app.kubernetes.io/x': 'y' } },
  spec: {
    ports: [{ port: 80, protocol: 'UDP' }, { port: 80 }, { port: 81 }],
    containers: [{ name: 'a' }, { name: 'b', env: [{ name: 'X' }] }],
    list: [1, 2],
  },
};

test.each<[string, (string | number)[]]>([
  ['spec.containers[1].env[0].name', ['spec', 'containers', 1, 'env', 0, 'name']],
  ['metadata.labels[app.kubernetes.io/x]', ['metadata', 'labels', 'app.kubernetes.io/x']],
  ['metadata.labels["app.kubernetes.io/x"]', ['metadata', 'labels', 'app.kubernetes.io/x']],
  ['.spec.containers[name="b"].env[name="X"].value', ['spec', 'containers', 1, 'env', 0, 'value']],
  ['.spec.ports[port=80,protocol="TCP"].name', ['spec', 'ports', 1, 'name']],
  ['data[1]', ['data', '1']],
  ['spec.containers[name="nobody"].image', ['spec', 'containers']],
  ['', []],
])('%s', (text, path) => {
  expect(fieldPath(text, value)).toEqual(path);
});

test('is written as the server writes it', () => {
  expect(written(['spec', 'containers', 0, 'image'])).toBe('spec.containers[0].image');
  expect(written(['metadata', 'labels', 'example.com/x'])).toBe('metadata.labels[example.com/x]');
});
