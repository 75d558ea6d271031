import type { DemoApp } from '../app.ts';

const statefulSet = (heap: string, index: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: search
  namespace: search
  labels: { app.kubernetes.io/name: search, app.kubernetes.io/version: "%version%" }
  annotations: { org.opencontainers.image.source: "local:apps/search" }
spec:
  serviceName: search
  replicas: 3
  selector:
    matchLabels: { app.kubernetes.io/name: search }
  template:
    metadata:
      labels: { app.kubernetes.io/name: search }
    spec:
      initContainers:
        - { name: warm-index, image: "%image%:%version%", args: [warm, ${index}] }
      containers:
        - name: search
          image: %image%:%version%
          args: [serve, --heap=${heap}]
          ports: [{ name: http, containerPort: 9200 }]
          volumeMounts: [{ name: index, mountPath: /var/lib/search }]
  volumeClaimTemplates:
    - metadata: { name: index }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: 20Gi } }
`;

const service = `apiVersion: v1
kind: Service
metadata: { name: search, namespace: search }
spec:
  clusterIP: None
  selector: { app.kubernetes.io/name: search }
  ports: [{ name: http, port: 9200 }]
`;

const synonyms = `apiVersion: v1
kind: ConfigMap
metadata: { name: search-synonyms, namespace: search }
data:
  synonyms.txt: |
    invoice, bill
    customer, client, account
`;

/** Bare tags with release notes; bundles that say where their source is, with the version in a folder and in the file's name. */
export const search: DemoApp = {
  name: 'search',
  image: 'discovery/search',
  description: 'Full text search over everything the company knows.',
  tagPrefix: '',
  bundlePath: 'search/{version}/search-{version}.tar.gz',
  sourceLabel: 'pages',
  releases: [
    {
      version: '2.0.1',
      date: '2026-08-31',
      work: [{ by: 'katherine', message: 'fix: keep the order of equal hits', file: 'src/rank.go' }],
      notes: 'search 2.0.1\n\nHits of the same rank keep their order between two pages.\n',
      bundle: { 'statefulset.yaml': statefulSet('512m', 'v7'), 'service.yaml': service },
    },
    {
      version: '2.0.2',
      date: '2026-09-21',
      work: [
        { by: 'alan', message: 'fix(index): close files of merged segments', file: 'src/index.go' },
        { by: 'bot', message: 'build(deps): update go to 1.26.4', file: 'go.mod' },
      ],
      notes: 'search 2.0.2\n\nFixes a slow leak of file handles. No reindexing needed.\n',
    },
    {
      version: '2.1.0',
      date: '2026-10-26',
      work: [
        {
          by: 'katherine',
          branch: 'synonyms',
          id: 88,
          title: 'feat(query): synonyms',
          commits: [
            { by: 'grace', message: 'feat(query): synonyms from a file', file: 'src/query.go' },
            { by: 'grace', message: 'docs: the format of synonyms', file: 'docs/synonyms.md' },
          ],
        },
        { by: 'katherine', message: 'perf(index): half the memory for postings', file: 'src/index.go' },
        { by: 'alan', message: 'fix(query): a quote without its pair is a word', file: 'src/query.go' },
      ],
      notes: `search 2.1.0

### Highlights

- **Synonyms.** One line per group in \`synonyms.txt\`; reloaded without a restart.
- Postings need half the memory: \`--heap=384m\` is enough now.

### Upgrade

The index is rebuilt in the background on the first start (about ten minutes per million documents). Thanks @all!

/close
Fixes #3
`,
      bundle: { 'statefulset.yaml': statefulSet('384m', 'v8'), 'synonyms.yaml': synonyms },
    },
    {
      version: '3.0.0-beta.1',
      date: '2026-11-10',
      work: [{ by: 'katherine', message: 'feat(index)!: vectors beside words', file: 'src/index.go' }],
      notes: 'search 3.0.0-beta.1\n\nFor trying out only.\n',
    },
  ],
};
