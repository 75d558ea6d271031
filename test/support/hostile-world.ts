import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRepository } from '../../src/demo/git.ts';
import { startRegistry } from '../../src/demo/registry.ts';

/** What nobody outside may make of our pages: markup, a script, a way out of an attribute, a link that runs, text that turns around. */
export const attacks = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(2)</script>',
  "' onmouseover='alert(3)",
  '[a link](javascript:alert(4)) ![](http://192.0.2.1/seen.gif)',
  '\u202Egnitirw \u2066<svg/onload=alert(5)>',
] as const;
const hostile = attacks.join(' ');

/** As a key or name where blanks, slashes and colons are not taken. */
const narrow = `x"><script>alert(6)</script>`.replaceAll('/', '');
const branch = `evil"><script>alert(7)<!--`;

/** An environment of the local forge in which every text that somebody else writes is an attack. Gives its app.yml, and the registry that it uses. */
export async function hostileWorld(folder: string) {
  const registry = await startRegistry();
  const host = `127.0.0.1:${registry.port}`;
  const labels = { 'org.opencontainers.image.source': 'local:apps/evil', 'org.opencontainers.image.description': hostile };
  for (const tag of ['1.0.0', '1.1.0']) registry.publish('shop/evil', tag, { labels, created: '2026-10-01T00:00:00Z' });
  const author = { name: attacks[0].replaceAll(/[<>]/g, ''), email: 'evil@example.com' };
  const commit = { kind: 'commit', author, time: 1_790_000_000, message: `feat: ${hostile}\n\n${hostile}\n` } as const;
  const environment = join(folder, 'repositories/platform/evil.git');
  await createRepository(join(folder, 'repositories/apps/evil.git'), [
    { ...commit, mark: 1, parents: [], files: { 'a.txt': 'one\n' } },
    { kind: 'tag', name: 'v1.0.0', of: 1 },
    { ...commit, mark: 2, parents: [1], files: { [`${narrow}.txt`]: hostile } },
    { kind: 'tag', name: 'v1.1.0', of: 2, annotation: { author, time: 1_790_000_000, text: `${hostile}\n\n${hostile}` } },
  ]);
  const access = { user: hostile, level: 'admin', reason: hostile, duration: '1m' };
  await createRepository(environment, [
    { ...commit, mark: 1, parents: [], files: filesOf(host) },
    { ...commit, mark: 2, parents: [1], branch, files: { 'manifests/more.yaml': configMap } },
    { ...commit, mark: 3, parents: [1], branch: 'asks', files: { 'access/shop/evil.yml': JSON.stringify(access) } },
  ]);
  const requests = join(folder, 'repositories/platform/evil.lockkeeper/merge-requests');
  mkdirSync(requests, { recursive: true });
  for (const [id, sourceBranch] of [branch, 'asks'].entries())
    writeFileSync(join(requests, `${id + 1}.json`), JSON.stringify(request(id + 1, sourceBranch)));
  const config = join(folder, 'app.yml');
  writeFileSync(config, appYml(host));
  return { config, close: () => registry.close() };
}

const at = '2026-11-20T10:00:00.000Z';
const request = (id: number, sourceBranch: string) => ({
  id,
  state: 'open',
  sourceBranch,
  targetBranch: 'main',
  title: hostile,
  author: attacks[0],
  labels: [hostile],
  owner: hostile,
  description: `# ${hostile}\n\n${attacks.join('\n\n')}\n\n| a | b |\n|---|---|\n| ${attacks[0]} | ${attacks[1]} |\n`,
  createdAt: at,
  comments: [{ author: hostile, text: hostile, createdAt: at, updatedAt: at }],
});

const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${JSON.stringify(hostile)}, namespace: ${JSON.stringify(attacks[1])} }\ndata: { a: ${JSON.stringify(hostile)} }\n`;

const container = (image: string): string => `        - { name: ${JSON.stringify(hostile)}, image: ${JSON.stringify(image)} }\n`;

const filesOf = (host: string) => ({
  'environment.yml': `name: evil\nmanifests: [manifests/]\napps:\n  evil: { owner: ${JSON.stringify(hostile)}, namespace: shop }\n  ${JSON.stringify(narrow)}: { owner: ${JSON.stringify(attacks[1])}, namespace: shop }\n`,
  'manifests/evil.yaml': `# ${hostile}
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${JSON.stringify(attacks[1])}, namespace: shop, labels: { app.kubernetes.io/name: ${JSON.stringify(narrow)} } }
spec:
  template:
    spec:
      containers:
${container(`${host}/shop/evil:1.0.0`)}${container(`${host}/shop/${attacks[1]}:${attacks[0]}`)}${container(`127.0.0.1:1/${narrow}:1.0.0`)}`,
});

const appYml = (host: string): string => `server: { port: 0 }
store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
registries: { "${host}": { type: oci, insecure: true } }
environments: [{ name: evil, repository: "local:platform/evil" }]
packages: [{ match: "${host}/**", owner: ${JSON.stringify(hostile)} }]
access: { approvers: [grace], maxDuration: 1h }
`;
