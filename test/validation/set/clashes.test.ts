import { found, web } from './support.ts';

const service = (name: string, spec: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ${spec} }\n---\n`;
const b = 'Service b in namespace shop';
const a = 'Service a in namespace shop (a.yaml:4)';

test.each([
  [
    'the same port',
    'ports: [{ nodePort: 30080 }]',
    'ports: [{ nodePort: 30080 }]',
    [`error node-port-clash 9: Node port 30080/TCP of ${b} is taken by ${a}.`],
  ],
  ['another protocol', 'ports: [{ nodePort: 30080 }]', 'ports: [{ nodePort: 30080, protocol: UDP }]', []],
  ['another port', 'ports: [{ nodePort: 30080 }]', 'ports: [{ nodePort: 30081 }, { port: 1 }]', []],
  [
    'ports that clusters do not give',
    'ports: [{ nodePort: 29999 }, { nodePort: 30000, port: 2 }]',
    'ports: [{ nodePort: 32768 }, { nodePort: 32767, port: 2 }, { nodePort: 0, port: 3 }]',
    [
      'warning node-port-range 4: Node port 29999/TCP of Service a in namespace shop is none that a cluster gives: they are 30000 to 32767.',
      'warning node-port-range 9: Node port 32768/TCP of Service b in namespace shop is none that a cluster gives: they are 30000 to 32767.',
    ],
  ],
  ['within one Service', 'ports: [{ nodePort: 30080, port: 1 }, { nodePort: 30080, port: 2 }]', '', []],
  [
    'health checks',
    'healthCheckNodePort: 30080',
    'ports: [{ nodePort: 30080 }]',
    [`error node-port-clash 9: Node port 30080/TCP of ${b} is taken by ${a}.`],
  ],
  [
    'the same address',
    'clusterIP: 10.0.0.10',
    'clusterIP: 10.0.0.10',
    [`error cluster-ip-clash 9: Cluster IP 10.0.0.10 of ${b} is taken by ${a}.`],
  ],
  [
    'one of two addresses',
    'clusterIPs: [10.0.0.10, "FD00::1"]',
    'clusterIPs: ["fd00::1"]',
    [`error cluster-ip-clash 9: Cluster IP fd00::1 of ${b} is taken by ${a}.`],
  ],
  ['no address', 'clusterIP: None', 'clusterIP: None', []],
])('services: %s', (_, one, other, expected) => {
  expect(found(service('a', one) + service('b', other))).toEqual(expected);
});

const ingress = (name: string, rule: string, more = '', annotation = '') =>
  `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name}, namespace: shop, annotations: { ${annotation} } }\nspec: { rules: [${rule}] ${more} }\n---\n`;
const rule = (host: string, path: string, type = 'Prefix') => `{ host: ${host}, http: { paths: [{ path: ${path}, pathType: ${type} }] } }`;
const clash = (address: string) => [
  `warning ingress-clash 9: Ingress b in namespace shop routes ${address}, which Ingress a in namespace shop routes already (a.yaml:4).`,
];

test.each([
  ['host and path', ingress('a', rule('h', '/api')) + ingress('b', rule('H', '/api')), clash('h /api')],
  [
    'every host',
    ingress('a', '{ http: { paths: [{ pathType: Prefix }] } }') + ingress('b', '{ http: { paths: [{ pathType: Prefix }] } }'),
    clash('every host /'),
  ],
  ['another path', ingress('a', rule('h', '/api')) + ingress('b', rule('h', '/')), []],
  ['another kind of path', ingress('a', rule('h', '/')) + ingress('b', rule('h', '/', 'Exact')), []],
  [
    'another class',
    ingress('a', rule('h', '/'), ', ingressClassName: nginx') + ingress('b', rule('h', '/'), ', ingressClassName: traefik'),
    [],
  ],
  [
    'another class, the old way',
    ingress('a', rule('h', '/'), '', 'kubernetes.io/ingress.class: a') + ingress('b', rule('h', '/'), '', 'kubernetes.io/ingress.class: b'),
    [],
  ],
  [
    'load balancers of their own',
    ingress('a', rule('h', '/'), ', ingressClassName: alb') + ingress('b', rule('h', '/'), ', ingressClassName: alb'),
    [],
  ],
  ['a canary', ingress('a', rule('h', '/')) + ingress('b', rule('h', '/'), '', 'nginx.ingress.kubernetes.io/canary: "true"'), []],
])('ingresses: %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

const scaler = (name: string, target: string, apiVersion = 'autoscaling/v2', kind = 'HorizontalPodAutoscaler', annotation = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop, annotations: { ${annotation} } }\nspec: { scaleTargetRef: { ${target} } }\n---\n`;
const whole = 'apiVersion: apps/v1, kind: Deployment, name: web';
const keda = ['keda.sh/v1alpha1', 'ScaledObject'] as const;
const twice = (kind: string) => [
  `error autoscaler-clash 20: ${kind} b in namespace shop scales Deployment web, which HorizontalPodAutoscaler a scales already (a.yaml:15).`,
];

test.each([
  ['two on one', scaler('a', whole) + scaler('b', whole), twice('HorizontalPodAutoscaler')],
  [
    'two versions of the API',
    scaler('a', whole) + scaler('b', whole.replace('v1', 'v1beta1'), 'autoscaling/v1'),
    twice('HorizontalPodAutoscaler'),
  ],
  ['with KEDA’s', scaler('a', whole) + scaler('b', 'name: web', ...keda), twice('ScaledObject')],
  ['taken over by KEDA', scaler('a', whole) + scaler('b', 'name: web', ...keda, 'scaledobject.keda.sh/transfer-hpa-ownership: "true"'), []],
  ['two workloads', scaler('a', whole) + web('', 'command: []', 'other') + scaler('b', whole.replace('web', 'other')), []],
])('autoscalers: %s', (_, text, expected) => {
  expect(found(web() + text)).toEqual(expected);
});
