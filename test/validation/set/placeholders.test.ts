import { found, web } from './support.ts';

const left = (line: number, path: string, value: string) =>
  `error placeholder ${line}: ${path} is ${value}: a placeholder that nobody filled in.`;
const image = (text: string) => web().replace('registry.example.com/web:1.4.2', JSON.stringify(text));

test.each([
  ['r/web:${TAG}'],
  ['r/web:$TAG'],
  ['r/web:${TAG:-latest}'],
  ['${REGISTRY}/web:1'],
  ['r/web:$(TAG)'],
  ['r/web:{{ .Values.image.tag }}'],
  ['r/web:<REPLACE_ME>'],
  ['r/web:<your tag>'],
  ['r/web:%VERSION%'],
  ['r/web:__TAG__'],
  ['r/web:@TAG@'],
  ['r/web:CHANGEME'],
  ['r/change-me:1'],
  ['your-registry/web:1'],
])('an image: %s', (text) => {
  expect(found(image(text))).toEqual([left(9, 'spec.template.spec.containers[0].image', text)]);
});

test.each([['r/web:1'], ['r/web@sha256:0123'], ['r/exchange-menu:1'], ['r/todo-app:1'], ['r/interchangeme:1'], ['r/web:${'], ['r/web:$1']])(
  'an image that is one: %s',
  (text) => {
    expect(found(image(text))).toEqual([]);
  },
);

const rest = (kind: string, metadata: string, more = '') => `apiVersion: ${kind}\nmetadata: { ${metadata} }\n${more}\n`;

test.each([
  ['name', rest('v1\nkind: ConfigMap', 'name: "${APP}-config"'), left(3, 'metadata.name', '${APP}-config')],
  ['namespace', rest('v1\nkind: ConfigMap', 'name: a, namespace: "{{ ns }}"'), left(3, 'metadata.namespace', '{{ ns }}')],
  ['label, whatever its key', rest('v1\nkind: Secret', 'name: a, labels: { env: "${ENV}" }'), left(3, 'metadata.labels.env', '${ENV}')],
  [
    'label of a custom resource',
    rest('x.io/v1\nkind: X', 'name: a, labels: { b: "%BUILD_ID%" }'),
    left(3, 'metadata.labels.b', '%BUILD_ID%'),
  ],
  [
    'host',
    rest('networking.k8s.io/v1\nkind: Ingress', 'name: a', 'spec: { rules: [{ host: "shop.<DOMAIN>" }] }'),
    left(4, 'spec.rules[0].host', 'shop.<DOMAIN>'),
  ],
  ['selector', rest('v1\nkind: Service', 'name: a', 'spec: { selector: { app: "${APP}" } }'), left(4, 'spec.selector.app', '${APP}')],
  [
    'external name',
    rest('v1\nkind: Service', 'name: a', 'spec: { externalName: db.your-domain.com }'),
    left(4, 'spec.externalName', 'db.your-domain.com'),
  ],
  [
    'quantity',
    web('', 'resources: { limits: { memory: "${MEM}" } }'),
    left(9, 'spec.template.spec.containers[0].resources.limits.memory', '${MEM}'),
  ],
])('left: %s', (_, text, expected) => {
  expect(found(text)).toEqual([expected]);
});

test('hosts of a route are looked at, what a proxy puts into headers is not', () => {
  const filter = 'filters: [{ requestHeaderModifier: { set: [{ name: a, value: "%REMOTE_ADDRESS%" }] } }]';
  const route = `spec: { hostnames: ["\${HOST}"], rules: [{ ${filter} }] }`;
  expect(found(rest('gateway.networking.k8s.io/v1\nkind: HTTPRoute', 'name: a', route))).toEqual([left(4, 'spec.hostnames[0]', '${HOST}')]);
});

test('a reference by a placeholder does not dangle on top', () => {
  expect(found(web('serviceAccountName: "${NAME}"'))).toEqual([left(10, 'spec.template.spec.serviceAccountName', '${NAME}')]);
});

test.each([
  ['data of a ConfigMap', rest('v1\nkind: ConfigMap', 'name: a', 'data: { run.sh: "echo ${HOME} {{ x }} CHANGEME" }')],
  ['data of a Secret', rest('v1\nkind: Secret', 'name: a', 'stringData: { url: "postgres://${USER}@h" }')],
  ['commands', web('', 'command: [sh, -c, "echo ${HOME}"], args: ["$(POD_IP)", "--name=${X}"]')],
  ['environment', web('', 'env: [{ name: URL, value: "http://$(HOST)/${path}" }]')],
  ['probes', web('', 'livenessProbe: { exec: { command: [sh, -c, "test ${X}"] } }')],
  ['annotations', rest('v1\nkind: Service', 'name: a, annotations: { x: "{{ .X }} ${Y}" }')],
  ['annotations of pods', web().replace('labels: { app: web } }', 'annotations: { x: "{{ with secret }}" }, labels: { app: web } }')],
  ['paths by variable', web('', 'volumeMounts: [{ name: a, mountPath: /a, subPathExpr: $(POD_NAME) }]')],
  ['a driver’s own templates', web('volumes: [{ csi: { driver: d, volumeAttributes: { dns: "${POD_NAME}.svc" } } }]')],
  ['a storage class’s templates', rest('storage.k8s.io/v1\nkind: StorageClass', 'name: a', 'parameters: { x: "${pvc.name}" }')],
  [
    'regular expressions in paths',
    rest(
      'networking.k8s.io/v1\nkind: Ingress',
      'name: a',
      'spec: { rules: [{ http: { paths: [{ path: "/api(/|$)(.*)" }, { path: "/caf%C3%A9%EF%BB%BF" }] } }] }',
    ),
  ],
  [
    'descriptions',
    rest('apiextensions.k8s.io/v1\nkind: CustomResourceDefinition', 'name: a', 'spec: { description: "use ${X} or <NAME>" }'),
  ],
  [
    'custom resources that call themselves like Kubernetes',
    rest('certmanager.k8s.io/v1alpha1\nkind: Certificate', 'name: a', 'spec: { commonName: "$(SERVICE).svc" }'),
  ],
  [
    'custom resources',
    rest('monitoring.coreos.com/v1\nkind: PrometheusRule', 'name: a', 'spec: { groups: [{ rules: [{ summary: "{{ $labels.pod }}" }] }] }'),
  ],
])('none: %s', (_, text) => {
  expect(found(text)).toEqual([]);
});
