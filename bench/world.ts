/** What the stand-ins hold and app.yml says, as plain data: the same every time. */
export const environmentCount = 20;
export const referencesEach = 100;
export const packageCount = 150;
/** Apps of each environment that have something newer. */
export const proposalsEach = 10;

const tagsOfMost = 30;
const tagsOfLarge = 20_000;
/** Every thirtieth package: the first of them is one of those that move. */
const largeEvery = 30;

export const current = '1.28.0';
export const newest = '1.29.0';

export const packages: readonly string[] = Array.from({ length: packageCount }, (_, index) => `apps/app-${String(index).padStart(3, '0')}`);

/** What one environment runs: ten of the first `moving` packages one release behind (with ten, all environments the same), the rest up to date. */
function references(at: number, moving: number): (readonly [name: string, version: string])[] {
  const behind = Array.from({ length: proposalsEach }, (_, index) => packages[(at * proposalsEach + index) % moving] ?? '');
  const others = packages.filter((name) => !behind.includes(name));
  const still = Array.from({ length: referencesEach - proposalsEach }, (_, index) => others[(at * 7 + index) % others.length] ?? '');
  return [...behind.map((name) => [name, current] as const), ...still.map((name) => [name, newest] as const)];
}

/** Of every kind that a registry holds: releases, their variants and pre-releases, commits and branches. */
export function tagsOf(index: number): string[] {
  const count = index % largeEvery === 0 ? tagsOfLarge : tagsOfMost;
  const releases = Array.from({ length: 30 }, (_, minor) => `1.${minor}.0`);
  return [...releases, ...Array.from({ length: count - releases.length }, (_, at) => otherTag(at))];
}

function otherTag(at: number): string {
  const minor = at % 28;
  const patch = 1 + Math.floor(at / 28 / 4);
  const commit = ((at + 1) * 2_654_435_761).toString(16).padStart(12, 'a').slice(-12);
  return (
    [`1.${minor}.${patch}`, `1.${minor}.${patch}-alpine`, `1.${minor}.${patch}-rc.1`, `main-${commit}`][Math.floor(at / 28) % 4] ?? commit
  );
}

const environmentName = (at: number): string => `env-${String(at).padStart(2, '0')}`;
export const environmentPath = (at: number): string => `platform/environments/${environmentName(at)}`;

/** Files of one environment: a deployment and a service for each app. */
export function environmentFiles(at: number, moving: number, registry: string): Record<string, string> {
  return Object.fromEntries(
    references(at, moving).map(([name, version]) => [
      `manifests/${appOf(name)}.yaml`,
      manifest(appOf(name), `${registry}/${name}:${version}`),
    ]),
  );
}

const appOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

function manifest(app: string, image: string): string {
  return `# ${app}: what it is for, and who to ask
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${app}, namespace: ${app} }
spec:
  replicas: 2
  selector: { matchLabels: { app.kubernetes.io/name: ${app} } }
  template:
    metadata: { labels: { app.kubernetes.io/name: ${app} } }
    spec:
      containers:
        - name: web
          image: ${image}   # moved by Lockkeeper
          ports: [{ name: http, containerPort: 8080 }]
          env:
            - { name: LOG_LEVEL, value: info }
          resources:
            requests: { cpu: 100m, memory: 256Mi }
            limits: { memory: 256Mi }
---
apiVersion: v1
kind: Service
metadata: { name: ${app}, namespace: ${app} }
spec:
  selector: { app.kubernetes.io/name: ${app} }
  ports: [{ name: http, port: 80, targetPort: http }]
`;
}

/** JSON is YAML too. */
export function appYml(addresses: { readonly gitlab: string; readonly registry: string; readonly token: string }, store: string): string {
  return JSON.stringify({
    store: { url: `file:${store}` },
    forges: { gitlab: { type: 'gitlab', url: addresses.gitlab, token: addresses.token } },
    registries: { [addresses.registry]: { type: 'oci', insecure: true } },
    environments: Array.from({ length: environmentCount }, (_, at) => ({
      name: environmentName(at),
      repository: `gitlab:${environmentPath(at)}`,
      updates: { types: ['major', 'minor', 'patch'] },
    })),
  });
}
