import { type ClusterClient, connectCluster } from '../../src/adapters/cluster/client.ts';
import { openTarget, type Target } from '../../src/deploy/target.ts';
import { pathOf } from '../../src/domain/api-path.ts';
import type { DesiredObject } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { record } from '../../src/manifests/objects.ts';
import { type Marks, stamp } from '../../src/manifests/stamp.ts';
import { sharedControlPlane } from '../support/control-plane.ts';
import { desired } from '../support/desired.ts';
import { describeWith } from '../support/parts.ts';
import { validationCorpus } from '../support/validation-corpus.ts';

const marks: Marks = {
  labels: { 'lockkeeper.dev/environment': 'staging', 'lockkeeper.dev/deployed-at': '20261120233632' },
  annotations: { 'lockkeeper.dev/identity': 'apps/Deployment/a/"b"', 'lockkeeper.dev/applied': '0123456789abcdef.1' },
};
const ourLabels = '"lockkeeper.dev/environment": "staging", "lockkeeper.dev/deployed-at": "20261120233632"';
const ourAnnotations = '"lockkeeper.dev/identity": "apps/Deployment/a/\\"b\\"", "lockkeeper.dev/applied": "0123456789abcdef.1"';

const only = (text: string): DesiredObject => desired(text)[0] as DesiredObject;
const head = 'apiVersion: v1\nkind: ConfigMap\n';

test.each([
  [
    'labels and annotations are added',
    'metadata:\n  name: a\n',
    `metadata:\n  labels: {${ourLabels}}\n  annotations: {${ourAnnotations}}\n  name: a\n`,
  ],
  [
    'to those that are there, indented as they are',
    'metadata:\n  name: a\n  labels:\n      # theirs\n      b: c # d\n  annotations: {}\n',
    `metadata:\n  name: a\n  labels:\n      # theirs\n      "lockkeeper.dev/environment": "staging"\n      "lockkeeper.dev/deployed-at": "20261120233632"\n      b: c # d\n  annotations: {${ourAnnotations} }\n`,
  ],
  [
    'in flow style',
    'metadata: { name: a, labels: { b: c } }\n',
    `metadata: {annotations: {${ourAnnotations}},  name: a, labels: {${ourLabels},  b: c } }\n`,
  ],
])('the text stays its author’s: %s', (_, metadata, stamped) => {
  expect(stamp(only(`${head}${metadata}data: {x: "1"} # end\n`), marks)).toEqual({ body: `${head}${stamped}data: {x: "1"} # end\n` });
});

test.each([
  ['labels are no mapping', 'metadata: {name: a, labels: [b]}', 'metadata.labels is no mapping of names to texts'],
  ['annotations are no mapping', 'metadata: {name: a, annotations: b}', 'metadata.annotations is no mapping of names to texts'],
  [
    'a key stands twice where the text cannot be kept',
    'metadata: {name: a, labels: &l {b: c}}\ndata: *l\nx: {y: 1, y: 2}',
    'the key "y" stands twice in one mapping',
  ],
  [
    'a number has no end where the text cannot be kept',
    'metadata: {name: a, labels: &l {b: c}}\ndata: *l\nx: .inf',
    'it holds a number that is none, or has no end (.nan, .inf)',
  ],
])('nothing is sent where %s', (_, metadata, refused) => {
  expect(stamp(only(`${head}${metadata}\n`), marks)).toEqual({ refused });
});

test('what a Secret says in plain text is sent as the data that it becomes; with a mistake in it the server sees the mistake', () => {
  const secret = (data: string) =>
    stamp(only(`apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${data}\n`), { labels: {}, annotations: {} });
  expect(secret('data: {a: eA==, b: eQ==}\nstringData: {b: ä}')).toEqual({
    body: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a","labels":{},"annotations":{}},"data":{"a":"eA==","b":"w6Q="}}',
  });
  expect(secret('stringData: {b: 1}')).toEqual({ body: expect.stringContaining('stringData: {b: 1}') });
});

/** Forms that people, generators and pranksters write. All of them are accepted by the server as they are. */
const nasty: Readonly<Record<string, string>> = {
  block: `${head}metadata:\n  name: nasty\ndata:\n  x: "1"\n`,
  flow: '{apiVersion: v1, kind: ConfigMap, metadata: {name: nasty}, data: {x: "1"}}\n',
  'flow over lines': `${head}metadata: {\n  name: nasty,\n  labels: {\n    a: b,\n  },\n }\n`,
  'anchors and aliases': `${head}metadata:\n  name: &n nasty\n  labels: {a: *n}\n`,
  'labels that data repeats': `${head}metadata:\n  name: nasty\n  labels: &l {a: b}\ndata: *l\n`,
  'annotations that data repeats': `${head}metadata:\n  name: nasty\n  annotations: &l\n    a: b\ndata: *l\n`,
  'labels that repeat data': `${head}data: &l {a: b}\nmetadata:\n  name: nasty\n  labels: *l\n`,
  'a merge key in labels': `${head}data: &l {a: b}\nmetadata:\n  name: nasty\n  labels:\n    <<: *l\n    c: d\n`,
  'metadata that is merged': `${head}data: &l {name: nasty}\nmetadata: {<<: *l}\n`,
  comments: `# one\n${head}# two\nmetadata: # three\n  # four\n  name: nasty # five\n  labels: # six\n    # seven\n    a: b # eight\n# nine\n`,
  'windows lines': `${head}metadata:\n  name: nasty\n  labels:\n    a: b\ndata:\n  x: |\n    y\n    z\n`.replaceAll('\n', '\r\n'),
  tabs: `${head}metadata:\n  name:\tnasty\n  labels: {a: b}\t# c\t\n`,
  'a byte order mark': `\uFEFF${head}metadata:\n  name: nasty\n`,
  'a byte order mark before flow': '\uFEFF{apiVersion: v1, kind: ConfigMap, metadata: {name: nasty}}\n',
  JSON: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"nasty"},"data":{"x":"1"}}',
  'JSON with tabs': '{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {\n\t\t"name": "nasty",\n\t\t"labels": {}\n\t}\n}\n',
  'JSON with escapes':
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"nasty"},"data":{"x":"\\ud83d\\udea2 a\\/b \\u2028 \\u0085 \\u007f","y":"\u2028"}}',
  'labels: {}': `${head}metadata:\n  name: nasty\n  labels: {}\n`,
  'labels: { # comment }': `${head}metadata:\n  name: nasty\n  labels: { # none\n    }\n`,
  'labels: and nothing': `${head}metadata:\n  name: nasty\n  labels:\n  annotations:\n`,
  'labels: null and ~': `${head}metadata:\n  name: nasty\n  labels: null\n  annotations: ~\n`,
  'quoted keys': `${head}"metadata":\n  'name': nasty\n  "labels":\n    'a': "b"\n  "annotations": {'c': 'd'}\n`,
  'our label, forged': `${head}metadata:\n  name: nasty\n  labels:\n    lockkeeper.dev/environment: production\n    lockkeeper.dev/deployed-at: "1"\n`,
  'our annotation, forged in flow': `${head}metadata: {name: nasty, annotations: {lockkeeper.dev/identity: x, a: b}}\n`,
  'metadata last': `${head}data: {x: "1"}\nmetadata:\n  name: nasty`,
  'metadata last, without end of line, in flow': `${head}data: {x: "1"}\nmetadata: {name: nasty}`,
  'metadata twice in name only': `${head}metadata:\n  name: nasty\ndata:\n  metadata: |\n    labels:\n      a: b\n`,
  'block scalars': `${head}data:\n  a: |\n    metadata:\n      name: x\n  b: >-\n    labels: {}\n  c: |+\n    d\n\nmetadata:\n  name: nasty\n  annotations:\n    e: |\n      f: g\n`,
  'a quoted text over lines': `${head}metadata:\n  name: nasty\n  annotations: {a: "b\n    c\\\n    d"}\n`,
  directives: `%YAML 1.1\n---\n${head}metadata:\n  name: nasty\n`,
  'a tag': `${head}metadata: !!map\n  name: !!str nasty\n  labels: !!map {a: !!str 1}\n`,
  'an explicit key': `${head}? metadata\n: name: nasty\n  labels: {a: b}\n`,
  'an explicit key in labels': `${head}metadata:\n  name: nasty\n  labels:\n    ? a\n    : b\n`,
  'words that are no texts': `${head}metadata:\n  name: nasty\n  annotations: {a: "yes", b: "1.10", c: "0777", d: "null", e: "~"}\n`,
  'one space of indentation': `${head}metadata:\n name: nasty\n labels:\n  a: b\n`,
  'labels as deep as possible': `${head}metadata:\n                                name: nasty\n                                labels:\n                                                                a: b\n`,
  'an item of a List': `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: nasty\n    labels: {a: b}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: other}\n`,
  'an item of a ConfigMapList, without its kind': `apiVersion: v1\nkind: ConfigMapList\nitems:\n  - metadata:\n      name: nasty\n`,
  'an alias as item of a List': `apiVersion: v1\nkind: List\nitems:\n  - &a {apiVersion: v1, kind: ConfigMap, metadata: {name: nasty, labels: {a: b}}}\n`,
  neighbours: `${head}metadata: {name: nasty}\n---\n${head}metadata:\n  name: nasty2\n---\n# nothing\n---\n${head}metadata:\n    name: nasty3\n    labels:\n        a: b\n...\n`,
  'a deployment whose labels its template repeats': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: nasty, labels: &l {app: a}}\nspec:\n  selector: {matchLabels: *l}\n  template:\n    metadata: {labels: *l}\n    spec: {containers: [{name: a, image: a}]}\n`,
  'large integers': `apiVersion: nasty.example.com/v1\nkind: Thing\nmetadata: {name: nasty, labels: &l {a: b}}\nspec: {at: 9007199254740993, more: 1_000, hex: 0x1F, octal: 0777, text: 1:30, date: 2001-01-01, float: 1.50, exp: 1e3, l: *l}\n`,
  'very deep': `apiVersion: nasty.example.com/v1\nkind: Thing\nmetadata: {name: nasty}\nspec: ${'{a: '.repeat(60)}b${'}'.repeat(60)}\n`,
  'very deep, in a value': `apiVersion: nasty.example.com/v1\nkind: Thing\nmetadata: {name: nasty, labels: &l {a: b}}\nspec: {l: *l, d: ${'{a: '.repeat(60)}b${'}'.repeat(60)}}\n`,
};

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.nasty.example.com}
spec:
  group: nasty.example.com
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;

describeWith('control-plane', 'what comes back is the author’s object with the marks, and nothing else', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let target: Target;
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
    await server.ask({
      method: 'POST',
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      body: definition,
      type: 'application/yaml',
    });
    target = await openTarget({ server, environment: 'staging', formerly: [] });
    while (target.kindOf({ apiVersion: 'nasty.example.com/v1', kind: 'Thing' }) === undefined) await target.refresh();
  });
  afterAll(() => server.close());

  /** In the namespace `default`, which stands. */
  const dryRun = async (object: DesiredObject, body: Uint8Array | string) => {
    const kind = target.kindOf(object);
    if (kind === undefined) return undefined;
    const path = `${pathOf(kind, object)}?dryRun=All&fieldManager=lockkeeper&force=true`;
    return server.ask({ method: 'PATCH', path, body, type: 'application/apply-patch+yaml' });
  };

  /** What the server would keep, without what it writes anew each time; undefined where it refuses. */
  async function kept(object: DesiredObject, body: Uint8Array | string): Promise<Record<string, Record<string, unknown>> | undefined> {
    const reply = await dryRun(object, body);
    if (reply === undefined || reply.status >= 400) return undefined;
    const value = JSON.parse(reply.body) as Record<string, Record<string, unknown>>;
    const { uid: _, creationTimestamp: __, managedFields: ___, resourceVersion: ____, ...metadata } = value['metadata'] ?? {};
    // Drawn by lot, each time anew.
    const { clusterIP: _ip, clusterIPs: _ips, ports, ...spec } = value['spec'] ?? {};
    const fixed = object.kind === 'Service' ? { spec: { ...spec, ports: JSON.stringify(ports)?.replaceAll(/"nodePort":\d+/g, '') } } : {};
    // A Job without labels is given its template's, and each the uid of its own.
    if (object.kind === 'Job' || object.kind === 'ReplicationController') {
      const { labels, ...rest } = metadata as { labels?: Record<string, string> };
      const own = Object.entries(labels ?? {}).filter(
        ([name]) => name.startsWith('lockkeeper.dev/') || name in record(record(object.value['metadata'])['labels']),
      );
      return { ...value, spec: {}, metadata: { ...rest, labels: Object.fromEntries(own) } };
    }
    return { ...value, ...fixed, metadata };
  }

  const stampedBody = (object: DesiredObject): string => {
    const stamped = stamp(object, marks);
    if ('refused' in stamped) throw new Error(stamped.refused);
    return stamped.body;
  };

  async function expectOnlyMarks(object: DesiredObject): Promise<void> {
    // JSON with escapes that YAML does not know is no body for apply; a POST reads it.
    const own = object.type === 'application/json' ? await posted(object) : await kept(object, object.body);
    expect(own).toBeDefined();
    const { labels, annotations, ...metadata } = own?.['metadata'] ?? {};
    expect(await kept(object, stampedBody(object))).toEqual({
      ...own,
      metadata: {
        ...metadata,
        labels: { ...(labels as object), ...marks.labels },
        annotations: { ...(annotations as object), ...marks.annotations },
      },
    });
  }

  async function posted(object: DesiredObject): Promise<Record<string, Record<string, unknown>> | undefined> {
    const reply = await server.ask({ method: 'POST', path: '/api/v1/namespaces/default/configmaps?dryRun=All', body: object.body });
    const value = JSON.parse(reply.body) as Record<string, Record<string, unknown>>;
    const { uid: _, creationTimestamp: __, managedFields: ___, ...metadata } = value['metadata'] ?? {};
    return reply.status < 400 ? { ...value, metadata } : undefined;
  }

  test.each(Object.entries(nasty))('%s', async (_, text) => {
    const { objects, findings } = readObjects(Buffer.from(text), { file: 'a.yaml' }, 'refused');
    expect(findings).toEqual([]);
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) await expectOnlyMarks(object);
  });

  test('every manifest of the validation corpus; what is refused as it is, is refused with marks', async () => {
    const cases = validationCorpus();
    const namespaces = new Set(cases.flatMap(({ objects }) => objects.map(({ namespace }) => namespace)));
    for (const name of namespaces) {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
      await server.ask({ method: 'POST', path: '/api/v1/namespaces', body });
    }
    let compared = 0;
    for (const { name, objects } of cases) {
      // Which of its address ranges the server holds an address against is drawn by lot, too.
      for (const object of objects.filter(
        ({ type, body }) => type === 'application/yaml' && !/clusterIPs?: *\W*\d/.test(Buffer.from(body).toString()),
      )) {
        if ((await kept(object, object.body)) === undefined) {
          const stamped = stamp(object, marks);
          if ('body' in stamped) expect([name, await kept(object, stamped.body)]).toEqual([name, undefined]);
        } else {
          await expectOnlyMarks(object);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(40);
  });
});
