import { found, web } from './support.ts';

const from = 'Deployment web in namespace shop';
const config = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: shop }\n${data}\n---\n`;
const secret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: c, namespace: shop }\n${data}\n---\n`;
const variable = (source: string, optional = false) =>
  web('', `env: [{ name: A, valueFrom: { ${source}: { name: c, key: k, optional: ${optional} } } }]`);
const needs = (kind: string, line = 9) => [
  `error dangling-reference ${line}: ${from} needs the key k of ${kind} c, which has no such key.`,
];

test.each([
  ['missing', variable('configMapKeyRef') + config('data: { other: a }'), needs('ConfigMap')],
  ['missing in a secret', variable('secretKeyRef') + secret('stringData: { other: a }'), needs('Secret')],
  [
    'missing file',
    web('volumes: [{ configMap: { name: c, items: [{ key: k, path: p }] } }]') + config('data: { other: a }'),
    needs('ConfigMap', 10),
  ],
  ['there', variable('configMapKeyRef') + config('data: { k: a }'), []],
  ['there, binary', variable('configMapKeyRef') + config('binaryData: { k: YQ== }'), []],
  ['there, as text', variable('secretKeyRef') + secret('data: { a: YQ== }\nstringData: { k: a }'), []],
  ['optional', variable('configMapKeyRef', true) + config('data: { other: a }'), []],
  ['filled by somebody else', variable('configMapKeyRef') + config(''), []],
  ['a token', variable('secretKeyRef') + secret('type: kubernetes.io/service-account-token\ndata: { other: a }'), []],
  [
    'a name of JavaScript',
    variable('configMapKeyRef').replace('key: k', 'key: constructor') + config('data: { a: b }'),
    [needs('ConfigMap')[0]?.replace('key k', 'key constructor')],
  ],
])('keys: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

const service = (ports: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: b, namespace: shop }\nspec: { ${ports} }\n---\n`;
const ingress = (port: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: i, namespace: shop }\nspec: { defaultBackend: { service: { name: b, port: ${port} } } }\n---\n`;
const route = `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: h, namespace: shop }\nspec: { rules: [{ backendRefs: [{ name: b, port: 81 }] }] }\n---\n`;
const port = (kind: string, name: string, to: string | number) => [
  `error dangling-reference 4: ${kind} ${name} in namespace shop sends requests to port ${to} of Service b, which has no such port.`,
];

test.each([
  ['number', ingress('{ number: 81 }') + service('ports: [{ port: 80, name: http }]'), port('Ingress', 'i', 81)],
  ['name', ingress('{ name: web }') + service('ports: [{ port: 80, name: http }]'), port('Ingress', 'i', 'web')],
  ['none at all', ingress('{ number: 81 }') + service('clusterIP: None'), port('Ingress', 'i', 81)],
  ['route', route + service('ports: [{ port: 80 }]'), port('HTTPRoute', 'h', 81)],
  ['number is there', ingress('{ number: 80 }') + service('ports: [{ port: 80, name: http }]'), []],
  ['name is there', ingress('{ name: http }') + service('ports: [{ port: 80, name: http }]'), []],
  ['somewhere else', ingress('{ number: 443 }') + service('type: ExternalName, externalName: example.com'), []],
])('ports of a Service: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

const target = (name: string, selector = '{ app: web }') => service(`selector: ${selector}, ports: [{ port: 80, targetPort: ${name} }]`);

test.each([
  [
    'no container has it',
    web() + target('metrics'),
    [
      `error dangling-reference 15: Service b in namespace shop forwards to the port named metrics, which no container of Deployment web (a.yaml:3) has.`,
    ],
  ],
  ['one has it', web() + target('http'), []],
  ['a sidecar has it', web('initContainers: [{ ports: [{ name: metrics }] }]') + target('metrics'), []],
  ['a number', web() + target('9090'), []],
  ['no pod is selected', web() + target('metrics', '{ app: other }'), []],
  [
    'another workload has it',
    web() +
      web('', 'command: []', 'other')
        .replace('name: http', 'name: metrics')
        .replace('labels: { app: other }', 'labels: { app: other, tier: b }') +
      target('metrics', '{ tier: b }'),
    [],
  ],
])('named target ports: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});
