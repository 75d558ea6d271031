import { type PersonKey, people } from './app.ts';
import { thirdParty } from './apps/all.ts';
import {
  gatewayValues,
  namespaces,
  nightlyReport,
  notificationsDeployment,
  notificationsKustomization,
  redis,
  tools,
  webDeployment,
} from './environment-files.ts';
import type { Step } from './git.ts';
import { seconds } from './history.ts';
import { imageContents } from './image.ts';
import { foreignImage } from './images.ts';
import { bundleUrl, fill, type Ports, registryHost } from './places.ts';

/** App → the version that runs there, as its reference writes it. */
export type Running = Readonly<Record<'billing' | 'search' | 'web' | 'notifications' | 'gateway' | 'redis' | 'kubectl', string>>;

export interface DemoEnvironment {
  readonly name: string;
  readonly running: Running;
  /** The commit before the last moved web from here. */
  readonly webBefore: string;
  /** Writes the digest behind redis's tag. */
  readonly pinned: boolean;
  /** What a person asks for in a merge request of their own, with a slip that only an API server sees. */
  readonly slip?: Slip;
}

export interface Slip {
  readonly branch: string;
  readonly title: string;
  readonly by: PersonKey;
  readonly date: string;
  readonly replace: readonly [text: string, by: string];
}

export const environments: readonly DemoEnvironment[] = [
  {
    name: 'staging',
    running: {
      billing: '1.5.0',
      search: '2.0.2',
      web: '2.3.2-alpine',
      notifications: 'v0.8.3',
      gateway: '5.2.1',
      redis: '7.2.4-alpine',
      kubectl: '1.35.4',
    },
    webBefore: '2.3.1-alpine',
    pinned: false,
    slip: {
      branch: 'web-before-the-sale',
      title: 'More of web before the sale',
      by: 'grace',
      date: '2026-09-28',
      replace: ['replicas: 3', 'replicass: 5'],
    },
  },
  {
    name: 'production',
    running: {
      billing: '1.4.2',
      search: '2.0.1',
      web: '2.3.1-alpine',
      notifications: 'v0.8.3',
      gateway: '5.2.0',
      redis: '7.2.4-alpine',
      kubectl: '1.35.4',
    },
    webBefore: '2.3.0-alpine',
    pinned: true,
  },
];

/** `bundleSha256`: path in the bundle repository → 64 hex digits. */
export function environmentHistory(of: DemoEnvironment, ports: Ports, bundleSha256: ReadonlyMap<string, string>): readonly Step[] {
  const now = filesOf(of, of.running, ports, bundleSha256);
  const before = filesOf(of, { ...of.running, web: of.webBefore }, ports, bundleSha256);
  const [from, to] = [of.webBefore, of.running.web];
  const commit = (mark: number, date: string, message: string, files: Readonly<Record<string, string>>): Step => ({
    kind: 'commit',
    mark,
    parents: mark === 1 ? [] : [mark - 1],
    author: people.katherine,
    time: seconds(date),
    message: `${message}\n`,
    files,
  });
  const web = 'manifests/web.yaml';
  return [
    commit(1, '2026-09-10', `Describe ${of.name} in one repository`, before),
    commit(2, '2026-09-25', `web ${from} → ${to}`, { [web]: now[web] ?? '' }),
    ...(of.slip === undefined ? [] : [slipCommit(of.slip, now[web] ?? '')]),
  ];
}

const slipCommit = ({ branch, title, by, date, replace: [text, other] }: Slip, web: string): Step => ({
  kind: 'commit',
  branch,
  mark: 3,
  parents: [2],
  author: people[by],
  time: seconds(date),
  message: `${title}\n`,
  files: { 'manifests/web.yaml': web.replace(text, other) },
});

/** The file that makes it a merge request: docs/local-forge.md. Whoever approves as its author there has the same name. */
export const slipRequest = ({ branch, title, by, date }: Slip): string =>
  `${JSON.stringify({ id: 1, state: 'open', sourceBranch: branch, targetBranch: 'main', title, author: by, createdAt: `${date}T12:00:00.000Z` }, null, 2)}\n`;

function filesOf(
  of: DemoEnvironment,
  running: Running,
  ports: Ports,
  bundleSha256: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  const searchPath = `search/${running.search}/search-${running.search}.tar.gz`;
  const values = {
    ...running,
    environment: of.name,
    registry: registryHost(ports),
    billingBundle: bundleUrl(ports, `billing/billing-${running.billing}.tar.gz`),
    searchBundle: bundleUrl(ports, searchPath),
    searchSha256: bundleSha256.get(searchPath) ?? '',
    redis: of.pinned ? `${running.redis}@${redisDigest(running.redis)}` : running.redis,
  };
  const files = {
    'environment.yml': environmentFile,
    'README.md': readme,
    'manifests/billing/nightly-report.yaml': nightlyReport,
    'manifests/namespaces.yaml': namespaces,
    'manifests/web.yaml': webDeployment,
    'manifests/redis.yaml': redis,
    'manifests/tools.yaml': tools,
    'kustomize/notifications/kustomization.yaml': notificationsKustomization,
    'kustomize/notifications/deployment.yaml': notificationsDeployment,
    'helm/gateway/values.yaml': gatewayValues,
  };
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, fill(content, values)]));
}

const redisDigest = (tag: string): string => imageContents(foreignImage(tag, thirdParty['library/redis']?.[tag] ?? '')).top.digest;

const environmentFile = `# What %environment% is made of. Lockkeeper moves the versions; everything else is ours.
name: %environment%
manifests:
  - manifests/
  - %billingBundle%
  - url: %searchBundle%
    sha256: %searchSha256%   # verified before anything is applied
apps:
  billing: { owner: team-payments, source: local:apps/billing, namespace: billing }
  search: { owner: team-discovery, namespace: search }
  web: { owner: team-storefront, namespace: storefront }
  notifications: { owner: team-storefront, namespace: storefront }
  gateway: { owner: team-storefront, namespace: storefront }
prune:
  protect: [PersistentVolumeClaim, Namespace, CustomResourceDefinition]
`;

const readme = `# %environment%

All that runs in %environment%, at which version. A change is a merge request; most of them come from Lockkeeper.

- \`environment.yml\`: bundles that the services' pipelines publish
- \`manifests/\`: what belongs to no service, or to one without a bundle
- \`kustomize/\`, \`helm/\`: rendered by their own pipelines
`;
