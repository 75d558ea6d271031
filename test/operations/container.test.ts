import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { loadConfig } from '../../src/config/load.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const manifests = loadAll(read('environments-template/manifests/lockkeeper.yaml')) as Manifest[];
const ofKind = (kind: string) => manifests.find((one) => one.kind === kind);

describe('the container image', () => {
  const steps = read('Dockerfile').split('\n');

  test('what it copies from here is here, and not kept out', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    expect(allowed.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const copied = steps.flatMap((line) => /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1]?.split(' ') ?? []).filter((path) => path !== '.');
    expect(copied).toEqual(['package.json', 'package-lock.json', '.npmrc']);
    expect(copied.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  test('it runs on the Node that the tests run on, as nobody special', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    const bases = steps.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []);
    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies.node}-bookworm-slim`]));
    expect(steps.findLast((line) => line.startsWith('USER'))).toBe('USER 10001:10001');
  });

  test('what is built starts without sources, and imports nothing that is there for development only', () => {
    const image = folder();
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(image, 'dist')], { cwd: root });
    for (const one of ['bin', 'package.json', 'app.schema.json']) cpSync(join(root, one), join(image, one), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'));
    const run = (...argv: string[]) => execFileSync(process.execPath, [join(image, 'bin/lockkeeper.js'), ...argv], { encoding: 'utf8' });
    expect(run('--help')).toMatch(/^ {2}serve /m);
    writeFileSync(
      join(image, 'app.yml'),
      'forges: { local: { type: local, path: ./r } }\nenvironments: [{ name: a, repository: "local:a" }]\n',
    );
    expect(run('config', 'check', '--config', join(image, 'app.yml'))).toContain('fine: 1 environment');
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const imports = (readdirSync(join(image, 'dist'), { recursive: true }) as string[])
      .filter((path) => path.endsWith('.js'))
      .flatMap((path) =>
        [...readFileSync(join(image, 'dist', path), 'utf8').matchAll(/(?:from |import\()'([^.'][^']*)'/g)].map(([, name = '']) => name),
      )
      .filter((name) => !name.startsWith('node:'))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect([...new Set(imports)].filter((name) => !(name in dependencies))).toEqual([]);
  }, 60_000);
});

describe('its manifests', () => {
  test('the app.yml in them is valid, with the variables that the text names', () => {
    const config = join(folder(), 'app.yml');
    writeFileSync(config, ofKind('ConfigMap')?.data?.['app.yml'] ?? '');
    const secret = 'b1946ac92492d2347c6235b4d2611184';
    const login = { LOGIN_SECRET: secret, LOGIN_ID: 'an-application', LOGIN_CLIENT_SECRET: secret };
    const loaded = loadConfig(config, { DB_PASSWORD: secret, GITLAB_TOKEN: secret, GITLAB_WEBHOOK_SECRET: secret, ...login });
    expect(loaded.config.store.url).toMatch(/^postgres:/); // two replicas share it
  });

  test('the pod is allowed nothing that it does not need, and everything selects it', () => {
    const deployment = ofKind('Deployment')?.spec as {
      readonly replicas: number;
      readonly template: { readonly metadata: { readonly labels: unknown }; readonly spec: Record<string, unknown> };
    };
    const { spec, metadata } = deployment.template;
    expect(spec).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true, runAsUser: 10_001 } });
    expect(spec['containers']).toMatchObject([
      {
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        readinessProbe: { httpGet: { path: '/readyz' } },
        livenessProbe: { httpGet: { path: '/healthz' } },
      },
    ]);
    expect(spec['terminationGracePeriodSeconds']).toBeGreaterThanOrEqual(25);
    expect(ofKind('Service')?.spec?.['selector']).toEqual(metadata.labels);
    expect(ofKind('PodDisruptionBudget')?.spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: metadata.labels } });
    expect(deployment.replicas).toBeGreaterThan(1); // else the budget allows every drain, and one drain is an outage
    expect(manifests.map(({ kind }) => kind).filter((kind) => kind.includes('Role'))).toEqual([]);
  });
});
