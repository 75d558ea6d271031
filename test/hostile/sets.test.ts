import { join, resolve } from 'node:path';
import { ended, startProgram } from '../support/program.ts';

/** Far beyond what it takes: all of it is done within half a minute on a busy machine. What grows with the square of the set takes hours. */
const deadline = 240_000;
const file = JSON.stringify(join(resolve(import.meta.dirname, '../../src'), 'validation/set/check-set.ts'));

/** Sets of which every object makes the others expensive, and texts without end in every place where one may stand. */
const program = `
  import { checkSet } from ${file};
  const place = { file: 'a.yaml', line: 1 };
  const object = (apiVersion, kind, name, more, namespace = 'shop') =>
    ({ apiVersion, kind, namespace, name, place, at: () => place, value: { apiVersion, kind, metadata: { name, namespace }, ...more } });
  const deployment = (name, labels, matchLabels = labels, pod = {}) =>
    object('apps/v1', 'Deployment', name, { spec: { selector: { matchLabels }, template: { metadata: { labels }, spec: pod } } });
  const many = (count, make) => Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)));
  const service = (name, spec) => object('v1', 'Service', name, { spec });
  const keyed = (name, key) => ({ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name, key } } }] }] });

  const sets = {
    'one selector': (i) => deployment('d' + i, { app: 'x' }),
    'a selector that selects half of two halves': (i) => deployment('d' + i, i % 2 ? { a: '1' } : { b: '1' }, { a: '1', b: '1' }),
    'one workload': () => deployment('d', { app: 'x' }),
    'expressions': (i) => object('apps/v1', 'Deployment', 'd' + i, { spec: { selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['x'] }] }, template: { metadata: { labels: { app: 'x' } } } } }),
    'jobs': (i) => i % 2 ? deployment('d' + i, { app: 'y' }, { app: 'x' }) : object('batch/v1', 'Job', 'j' + i, { spec: { template: { metadata: { labels: { app: 'x' } } } } }),
    'missing, and nearly there': (i) => i % 2 ? deployment('d' + i, { app: 'x' + i }, undefined, keyed('config-config-' + i, 'a')) : object('v1', 'ConfigMap', 'config-config-' + i, {}),
    'missing, with operators': (i) => i % 2 ? deployment('d' + i, { app: 'x' + i }, undefined, { volumes: [{ secret: { secretName: 'a-'.repeat(100) + i } }] }) : object('x.io/v1', 'X', 'b-' + i, {}),
    'one missing object': (i) => deployment('d' + i, { app: 'x' + i }, undefined, keyed('c', 'k')),
    'one object of many keys': (i) => i ? deployment('d' + i, { app: 'x' + i }, undefined, keyed('c', 'z')) : object('v1', 'ConfigMap', 'c', { data: many(10000, (k) => ['k' + k, 'v']) }),
    'one Service of many ports': (i) => i ? object('networking.k8s.io/v1', 'Ingress', 'i' + i, { spec: { defaultBackend: { service: { name: 'c', port: { number: 1 } } } } }) : service('c', { ports: Array.from({ length: 10000 }, (_, k) => ({ port: k + 2 })) }),
    'one port and host': (i) => i % 2 ? service('s' + i, { ports: [{ nodePort: 30000 }], clusterIP: '10.0.0.1' }) : object('networking.k8s.io/v1', 'Ingress', 'i' + i, { spec: { rules: [{ host: 'h', http: { paths: [{ path: '/' }] } }] } }),
    'one scaled workload': (i) => object('autoscaling/v2', 'HorizontalPodAutoscaler', 'h' + i, { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } }),
  };
  for (const [name, make] of Object.entries(sets)) {
    console.log(name);
    checkSet(Array.from({ length: 40000 }, (_, index) => make(index)));
  }

  const texts = (text) => {
    const pod = { serviceAccountName: text, priorityClassName: text, containers: [{ image: text, resources: { limits: { memory: text, cpu: text }, requests: { [text]: text } } }], volumes: [{ secret: { secretName: text, items: [{ key: text }] } }] };
    return [
      deployment(text, { [text]: text }, { [text]: text }, pod),
      deployment('d', { app: text }, undefined, keyed('c', text)),
      object('v1', 'ConfigMap', 'c', { data: { a: text } }, text),
      object('v1', 'ConfigMap', 'd', { data: { a: text } }),
      object(text, text, text, {}),
      object('batch/v1', 'Job', 'j', { spec: { template: { spec: { containers: [{ args: [text, '--a=' + text] }] } } } }),
      object('networking.k8s.io/v1', 'Ingress', 'i', { spec: { ingressClassName: text, rules: [{ host: text, http: { paths: [{ path: text }] } }] } }),
      service(text, { clusterIP: text, selector: { [text]: text }, ports: [{ name: text, targetPort: text }] }),
      object('v1', 'PersistentVolumeClaim', 'p', { spec: { storageClassName: text, resources: { requests: { storage: text } } } }),
    ];
  };
  const pieces = ['-', '.', 'a-', 'a.', '1', '1.', '1e', '+', 'm', 'Ki', '/', '\\n', ' ', '\${', '\${a', '$(', '$(a', '{', '<', '<a', '%', '%A', '%AAA', '_', '__', '__A', '__A_', '@', '@A', '@AA', 'change', 'change-', 'your-', 'your-domain', 'x', 'memory', '.storage', '='];
  for (const piece of pieces) {
    console.log(JSON.stringify(piece));
    checkSet(texts(piece.repeat(300_000 / piece.length)));
  }
  console.log('done');
`;

test('no set, and no text in it, takes time out of proportion', async () => {
  const child = startProgram(program);
  const limit = setTimeout(() => child.kill('SIGKILL'), deadline);
  const { out, code } = await ended(child);
  clearTimeout(limit);
  // The last name is the set that did not come to its end.
  expect([out.trimEnd().split('\n').at(-1), code]).toEqual(['done', 0]);
}, 300_000);
