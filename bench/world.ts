/** How much the stand-ins hold. */
export interface WorldSize {
  readonly environments: number;
  /** The first so many of them have something to be proposed. */
  readonly behind: number;
  /** Packages that those are behind in, out of which each takes ten. */
  readonly moving: number;
}

export const referencesEach = 100;
export const packageCount = 150;
/** Apps of each environment that is behind. */
export const proposalsEach = 10;

const tagsOfMost = 30;
const tagsOfLarge = 20_000;
/** Every thirtieth package: the first of them is one of those that move. */
const largeEvery = 30;

export const current = '1.28.0';
export const newest = '1.29.0';
/** Comes out later, of packages that only the first environment runs. */
export const later = '1.30.0';

export const packages: readonly string[] = Array.from({ length: packageCount }, (_, index) => `apps/app-${String(index).padStart(3, '0')}`);
export const releasedLater: readonly string[] = packages.slice(-proposalsEach);

/** The same every time. With ten that move, all environments are behind in the same ones. */
function references(at: number, { behind: some, moving }: WorldSize): (readonly [name: string, version: string])[] {
  const news = at < some ? proposalsEach : 0;
  const behind = Array.from({ length: news }, (_, index) => packages[(at * proposalsEach + index) % moving] ?? '');
  const common = packages.filter((name) => !behind.includes(name) && !releasedLater.includes(name));
  const own = at === 0 ? releasedLater.filter((name) => !behind.includes(name)) : [];
  const count = referencesEach - behind.length - own.length;
  const still = [...own, ...Array.from({ length: count }, (_, index) => common[(at * 7 + index) % common.length] ?? '')];
  return [...behind.map((name) => [name, current] as const), ...still.map((name) => [name, newest] as const)];
}

/** What is to be proposed once it all stands: `ENVIRONMENT PACKAGE:VERSION`. */
export function firstNews(size: WorldSize): string[] {
  return Array.from({ length: size.behind }, (_, at) =>
    references(at, size).flatMap(([name, version]) => (version === current ? [`${environmentPath(at)} ${name}:${newest}`] : [])),
  ).flat();
}

export const laterNews = (): string[] => releasedLater.map((name) => `${environmentPath(0)} ${name}:${later}`);

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

export const environmentName = (at: number): string => `env-${String(at).padStart(2, '0')}`;
export const environmentPath = (at: number): string => `platform/environments/${environmentName(at)}`;

/** Files of one environment: a deployment and a service for each app. */
export function environmentFiles(at: number, size: WorldSize, registry: string): Record<string, string> {
  return Object.fromEntries(
    references(at, size).map(([name, version]) => [
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
