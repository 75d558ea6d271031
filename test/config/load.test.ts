import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Loaded, loadConfig, readConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { UsageError } from '../../src/domain/errors.ts';

const root = resolve(import.meta.dirname, '../..');
const fixtures = join(root, 'test/fixtures/config');
const inFolder = (folder: string) => readdirSync(join(fixtures, folder)).filter((name) => name.endsWith('.yml'));
const smallest = readFileSync(join(fixtures, 'valid/smallest.yml'), 'utf8');

const env = {
  GITLAB_TOKEN: 'glpat-1111',
  GITLAB_WEBHOOK_SECRET: 'b1946ac92492d234',
  GITHUB_APP_ID: '4711',
  GITHUB_WEBHOOK_SECRET: '591785b794601e21',
  REGISTRY_PASSWORD: 'yes: "no" # *x',
  NEXUS_PASSWORD: '~',
  SLACK_TOKEN: 'xoxb-4444',
  DB_PASSWORD: 'db-5555',
  PORT: '8080',
  INSECURE: 'true',
  REGISTRY_WEBHOOK_SECRET: '7d793037a0760186',
  LOGIN_ID: 'an-application',
  LOGIN_SECRET: '0f4c8b6e1d2a9573f08b6c1e4d7a2395',
  LOGIN_CLIENT_SECRET: 'gloas-6666',
  HOOK_OLD: '6f5902ac237024bd',
  HOOK_NEW: 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=',
};
const pem = '-----BEGIN PRIVATE KEY-----\nAAAABBBBCCCCDDDDEEEE\n-----END PRIVATE KEY-----';
const sources = {
  env,
  readFile: (path: string) => {
    if (path !== '/run/secrets/github.pem') throw new UsageError('there is no such file');
    return `${pem}\n`;
  },
};
const read = (text: string): Pick<Loaded, 'config' | 'secrets'> => readConfig('app.yml', text, sources);

function problemsOf(work: () => unknown): ConfigError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no mistake was found');
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('valid', () => {
  test.each(inFolder('valid'))('%s', (name) => {
    expect(() => read(readFileSync(join(fixtures, 'valid', name), 'utf8'))).not.toThrow();
  });

  test('defaults are filled in', () => {
    expect(read(smallest).config).toMatchObject({
      server: { host: '127.0.0.1', port: 3000, url: 'http://localhost:3000' },
      schedule: { scan: '0 * * * *', timezone: 'Etc/UTC' },
      store: { url: 'file:./data' },
      registries: {},
      clusters: {},
      environments: [
        {
          name: 'staging',
          repository: 'local:staging',
          deploy: 'off',
          updates: { types: ['major', 'minor', 'patch'], automerge: [], windows: [] },
        },
      ],
      packages: [],
      validation: { apiserver: 'embedded', checklist: {} },
      access: {
        levels: { readonly: 'view', developer: 'edit', admin: 'lockkeeper-admin' },
        approvers: [],
        approvals: 1,
        maxDuration: '8h',
      },
      notifications: {},
    });
  });

  test('one load does not leave its values in the next', () => {
    const first = read(smallest).config.environments[0]?.updates.types;
    const second = read(smallest).config.environments[0]?.updates.types;
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });

  test('the example of the design reads as it is written, with secrets from outside as plain text', () => {
    const { config, secrets } = read(readFileSync(join(fixtures, 'valid/design.yml'), 'utf8'));
    expect(config.forges['github']).toEqual({
      type: 'github',
      url: 'https://github.com',
      appId: 4711,
      privateKey: pem,
      webhookSecret: '591785b794601e21',
    });
    expect(config.registries['registry.example.com']).toMatchObject({ type: 'oci', username: 'bot', password: 'yes: "no" # *x' });
    expect(config.registries['nexus.example.com']?.password).toBe('~');
    expect(secrets).toEqual(
      expect.arrayContaining([
        'glpat-1111',
        'b1946ac92492d234',
        pem,
        'AAAABBBBCCCCDDDDEEEE',
        'xoxb-4444',
        'https://hc.example.com/ping/lockkeeper',
      ]),
    );
    expect(secrets).not.toContain('4711');
  });

  test('several references in one text, an escaped one, numbers and booleans from outside', () => {
    const { config, secrets } = read(readFileSync(join(fixtures, 'valid/corners.yml'), 'utf8'));
    expect(config.server).toMatchObject({ port: 8080, url: 'http://localhost:8080' });
    expect(config.forges['company.git']).toMatchObject({ token: 'a${b}-glpat-1111-glpat-1111' });
    expect(config.registries['[::1]:5000']?.insecure).toBe(true);
    expect(config.store.url).toBe('postgres://lockkeeper:db-5555@db.example.com/lockkeeper');
    expect(secrets).toEqual(expect.arrayContaining(['a${b}-glpat-1111-glpat-1111', 'glpat-1111', 'db-5555']));
    expect(config.environments[0]?.updates).toEqual(config.environments[1]?.updates);
  });

  test('two webhook secrets, none of which is shown', () => {
    const { config, secrets } = read(readFileSync(join(fixtures, 'valid/corners.yml'), 'utf8'));
    expect(config.forges['company.git']).toMatchObject({ webhookSecret: [env.HOOK_NEW, env.HOOK_OLD] });
    expect(config.registries['registry.example.com']).toMatchObject({ webhookSecret: ['b1946ac92492d234'] });
    expect(secrets).toEqual(expect.arrayContaining([env.HOOK_NEW, env.HOOK_OLD, 'b1946ac92492d234']));
  });

  test('secrets written into the file itself are kept from being printed too', () => {
    const text = `${smallest}registries: { r.example.com: { username: bot, password: plain-1 } }\nstore: { url: "postgres://u:plain-2@h/d" }\n`;
    expect(read(text).secrets.toSorted()).toEqual(['plain-1', 'plain-2']);
  });

  test('what comes from a variable where everybody may see it is not hidden: it would blank out links', () => {
    expect(
      readConfig('app.yml', `server: { url: "\${PUBLIC_URL}" }\n${smallest}`, { ...sources, env: { PUBLIC_URL: 'https://x.example.com' } })
        .secrets,
    ).toEqual([]);
  });

  test('a file of several lines is secret line by line, wherever it is read', () => {
    const lines = ['first-line-of-a-secret', 'second-line-of-a-secret'];
    const text = smallest.replace('./repositories', '"${file:/run/secret}"');
    expect(readConfig('app.yml', text, { ...sources, readFile: () => lines.join('\n') }).secrets).toEqual([lines.join('\n'), ...lines]);
  });

  test('a value from outside is not looked into again', () => {
    const text = smallest.replace('./repositories', '"${A}"');
    expect(readConfig('app.yml', text, { ...sources, env: { A: '${B}$${B}', B: 'no' } }).config.forges['local']).toEqual({
      type: 'local',
      path: '${B}$${B}',
    });
  });

  test('a byte order mark and CRLF change nothing', () => {
    writeFileSync(join(folder, 'plain.yml'), smallest);
    writeFileSync(join(folder, 'windows.yml'), `\ufeff${smallest.replaceAll('\n', '\r\n')}`);
    expect(loadConfig(join(folder, 'windows.yml'), {}).config).toEqual(loadConfig(join(folder, 'plain.yml'), {}).config);
  });

  test('paths become absolute, from the folder of the file; everything is frozen', () => {
    const text = readFileSync(join(fixtures, 'valid/design.yml'), 'utf8').replace('/run/secrets/github.pem', 'secrets/github.pem');
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets/github.pem'), `${pem}\r\n`);
    writeFileSync(join(folder, 'app.yml'), text.replace('{ type: nexus,', '{ type: nexus, ca: ca/one.pem,'));
    const { config, file } = loadConfig(join(folder, 'app.yml'), env);
    expect(file).toBe(join(folder, 'app.yml'));
    expect(config.store.url).toBe(`file:${join(folder, 'data')}`);
    expect(config.forges['local']).toEqual({ type: 'local', path: join(folder, 'repositories') });
    expect(config.forges['github']).toMatchObject({ privateKey: pem });
    expect(config.clusters['staging']?.kubeconfig).toBe(join(folder, 'kubeconfig'));
    expect(config.registries['nexus.example.com']?.ca).toBe(join(folder, 'ca/one.pem'));
    expect(Object.isFrozen(config) && Object.isFrozen(config.environments[0]?.updates.types)).toBe(true);
  });
});

describe('the example, app.yml', () => {
  const text = readFileSync(join(root, 'app.yml'), 'utf8');

  test('loads with nothing set', () => {
    expect(loadConfig(join(root, 'app.yml'), {}).config.environments).toHaveLength(2);
  });

  test('loads with everything in it switched on', () => {
    const all = text.replaceAll(/^( *)#(?=[\w-])/gm, '$1');
    expect(all.match(/^ *- discover:/m)).not.toBeNull();
    const { config } = read(all);
    expect(Object.keys(config.forges)).toEqual(['local', 'gitlab', 'github']);
    expect(Object.keys(config.registries)).toContain('nexus.example.com');
    expect(config.environments[2]).toMatchObject({ discover: 'gitlab:platform/environments/*', topic: 'lockkeeper' });
    expect(config.notifications.slack?.channels).toEqual({ production: '#prod-deployments' });
  });
});

test('the examples of docs/configuration.md load, together', () => {
  const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
  const [, small = '', ...sections] = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
  expect(sections.length).toBeGreaterThan(9);
  expect(() => read(small)).not.toThrow();
  expect(() => read(sections.join(''))).not.toThrow();
});

describe('invalid', () => {
  const words = { WORD: 'hunter2hunter2', EMPTY: '' };

  test.each(inFolder('invalid'))('%s: every mistake at once', (name) => {
    const file = join(fixtures, 'invalid', name);
    const expected = readFileSync(file.replace(/yml$/, 'txt'), 'utf8').trimEnd();
    expect(problemsOf(() => loadConfig(file, words)).message.replaceAll(file, name)).toBe(expected);
  });

  test('a mistake names file, line, column and key', () => {
    expect(problemsOf(() => read(`${smallest}server:\r\n  prot: 1\r\n`)).problems).toEqual([
      {
        file: 'app.yml',
        line: 4,
        column: 3,
        key: 'server.prot',
        message: 'unknown key; did you mean "port"? (expected one of host, port, url, pages, login)',
      },
    ]);
  });

  test('a file that is missing, a folder, too large, endless, binary', () => {
    const at = (name: string) => join(folder, name);
    const messageFor = (path: string) => problemsOf(() => loadConfig(path, {})).message;
    writeFileSync(at('large.yml'), 'a'.repeat(1024 * 1024 + 1));
    writeFileSync(at('binary.yml'), Buffer.from([0xff, 0xfe, 0x61, 0x00]));
    writeFileSync(at('nul.yml'), 'a: "\0"\n');
    const hint = '(--config FILE names another file)';
    expect(messageFor(at('none.yml'))).toBe(`${at('none.yml')}: there is no such file ${hint}`);
    expect(messageFor(folder)).toBe(`${folder}: is a folder, not a file ${hint}`);
    expect(messageFor(at('large.yml'))).toBe(`${at('large.yml')}: is larger than 1 MiB ${hint}`);
    expect(messageFor('/dev/zero')).toBe(`/dev/zero: is larger than 1 MiB ${hint}`);
    expect(messageFor(at('binary.yml'))).toBe(`${at('binary.yml')}: is not UTF-8 text ${hint}`);
    expect(messageFor(at('nul.yml'))).toBe(`${at('nul.yml')}:1: not valid YAML: null byte is not allowed in input`);
  });

  test('a key named like a part of every object is a key like others', () => {
    const text = `__proto__: { a: 1 }\nconstructor: 1\nforges: { local: { type: local, path: a } }\nenvironments: [{ name: a, repository: "constructor:x" }]\n`;
    expect(problemsOf(() => read(text)).problems.map(({ line, key }) => [line, key])).toEqual([
      [1, '__proto__'],
      [2, 'constructor'],
      [4, 'environments[0].repository'],
    ]);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  test('hostile text takes no long', () => {
    for (const value of [
      '${'.repeat(50_000),
      '${${'.repeat(25_000),
      '$'.repeat(100_000),
      ' 1'.repeat(50_000),
      '-'.repeat(100_000),
      'a/'.repeat(50_000),
    ]) {
      const text = `${smallest}schedule: { scan: '${value}' }\npackages: [{ match: '${value}', source: '${value}', versioning: '${value}', allow: '${value}' }]\n`;
      expect(problemsOf(() => read(text)).message.length).toBeLessThan(20_000);
    }
  });
});
