import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { call } from '../support/terminal.ts';

const root = resolve(import.meta.dirname, '../..');
const template = join(root, 'environments-template');
const fixture = (name: string) => join(root, 'test/fixtures/config', name);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockkeeper-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('lockkeeper', () => {
  test('--help lists the commands that are there, with their options and the exit codes', async () => {
    const { exit, stdout, stderr } = await call(['--help']);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/--config <file>.*app\.yml/);
    for (const command of ['config', 'scan', 'inventory', 'init']) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect(stdout).toContain('Exit codes: 0 fine');
  });

  test('every command takes --config and --log-level, before it and behind it', async () => {
    expect((await call(['config', 'check', '--help'])).stdout).toMatch(/Global Options:.*--config <file>.*--log-level/s);
    for (const argv of [
      ['--config', fixture('valid/smallest.yml'), 'config', 'check'],
      ['config', 'check', '--config', fixture('valid/smallest.yml')],
    ]) {
      expect(await call(argv)).toMatchObject({ exit: 0, stderr: '' });
    }
  });

  test.each<[string[], RegExp]>([
    [['confg'], /unknown command 'confg'\n\(Did you mean config\?\)/],
    [['config', 'chek'], /Did you mean check\?/],
    [['config', 'check', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['config', 'check', 'more'], /too many arguments/],
    [['init'], /missing required argument 'dir'/],
    [['--log-level', 'loud', 'init', 'x'], /Allowed choices are debug, info, warn, error, silent/],
    [['config', 'check', '--config'], /argument missing/],
    [[], /^Usage: lockkeeper/],
    [['config'], /^Usage: lockkeeper config/],
  ])('%j is wrong use', async (argv, message) => {
    const { exit, stdout, stderr } = await call(argv);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  test('--version', async () => {
    expect(await call(['--version'])).toEqual({
      exit: 0,
      stdout: `${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`,
      stderr: '',
    });
  });

  test('what nobody foresaw is one line, exit code 3, and the place of it where asked for', async () => {
    const [plain, debug] = [await call(['init', 'a\0b']), await call(['init', 'a\0b', '--log-level', 'debug'])];
    expect(plain).toMatchObject({ exit: 3, stdout: '' });
    expect(plain.stderr).toMatch(/^lockkeeper: a bug in lockkeeper, please report it: .*null bytes.*\n$/);
    expect(debug.stderr).toMatch(/\n {4}at /);
  });

  test('as a process: the exit code, and a reader that closes early is no error', () => {
    const main = join(root, 'src/main.ts');
    expect(spawnSync(process.execPath, [main, 'confg']).status).toBe(2);
    const script = '"$0" "$1" --help | head -c 1; exit "${PIPESTATUS[0]}"';
    const piped = spawnSync('bash', ['-c', script, process.execPath, main], { encoding: 'utf8' });
    expect(piped).toMatchObject({ stdout: 'U', stderr: '', status: 0 });
  });
});

describe('config check', () => {
  test('says what is in a file that is fine', async () => {
    expect(await call(['config', 'check', '--config', join(root, 'app.yml')])).toEqual({
      exit: 0,
      stdout: `${join(root, 'app.yml')}: fine: 2 environments, 1 forge, 1 registry, 1 cluster, 1 package rule\n`,
      stderr: '',
    });
    expect(await call(['config', 'check', '--json', '--config', join(root, 'app.yml')])).toMatchObject({
      exit: 0,
      stdout: '{\n  "ok": true,\n  "problems": []\n}\n',
    });
  });

  test('prints every mistake, and exits with 2', async () => {
    const file = fixture('invalid/duplicates.yml');
    const { exit, stdout } = await call(['config', 'check', '--config', file]);
    expect([exit, stdout.split('\n').at(-2)]).toEqual([2, '3 mistakes']);
    expect(stdout).toContain(`${file}:2: forges: this key stands here twice: remove one\n`);
  });

  test('--json gives them as data', async () => {
    const { exit, stdout } = await call(['config', 'check', '--json', '--config', fixture('invalid/sections.yml')]);
    expect([exit, JSON.parse(stdout)]).toMatchObject([
      2,
      { ok: false, problems: [{ line: 1, key: '', message: 'the key "forges" is missing' }, {}] },
    ]);
  });

  test('no secret is printed, of the environment or of the file', async () => {
    const file = join(folder, 'app.yml');
    writeFileSync(
      file,
      'forges: { g: { type: gitlab, url: "${GITLAB_TOKEN}", token: plain-secret-1 } }\nenvironments: [{ name: plain-secret-1, repository: "${GITLAB_TOKEN}" }]\n',
    );
    const { stdout, stderr } = await call(['config', 'check', '--config', file], { GITLAB_TOKEN: 'glpat-12345' });
    expect(stdout).toContain('2 mistakes');
    expect(stdout + stderr).not.toMatch(/glpat-12345|plain-secret-1/);
  });
});

describe('init', () => {
  const filesIn = (at: string) =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))
      .sort();

  test('writes the template, named after the folder, into a new folder', async () => {
    const { exit, stdout } = await call(['init', join(folder, 'new/staging')]);
    expect(exit).toBe(0);
    expect(stdout).toContain('lockkeeper config check');
    expect(filesIn(join(folder, 'new/staging'))).toEqual(filesIn(template));
    expect(readFileSync(join(folder, 'new/staging/environment.yml'), 'utf8')).toMatch(/^name: "staging" +# as in app\.yml$/m);
  });

  test('a folder in which git was started is empty', async () => {
    mkdirSync(join(folder, 'cloned/.git'), { recursive: true });
    expect((await call(['init', join(folder, 'cloned')])).exit).toBe(0);
  });

  test('refuses a folder that holds something, and a file; changes nothing', async () => {
    cpSync(join(template, 'README.md'), join(folder, 'README.md'));
    expect(await call(['init', folder])).toEqual({
      exit: 2,
      stdout: '',
      stderr: `lockkeeper: ${folder} is not empty (it holds README.md): name a new or an empty folder\n`,
    });
    expect((await call(['init', join(folder, 'README.md')])).stderr).toMatch(/is not a folder: name a new or an empty folder/);
    expect(filesIn(folder)).toEqual(['README.md']);
  });

  test('a folder that cannot be made is wrong use, and no bug of ours', async () => {
    symlinkSync('nowhere', join(folder, 'dangling'));
    const { exit, stdout, stderr } = await call(['init', join(folder, 'dangling')]);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^lockkeeper: .*dangling cannot be written: name a folder that can/);
  });

  test('every file of the template is well-formed, and names no command that is not there', async () => {
    const yaml = filesIn(template).filter((name) => /\.ya?ml$/.test(name));
    expect(yaml).toHaveLength(10);
    for (const name of yaml) expect(() => loadAll(readFileSync(join(template, name), 'utf8'))).not.toThrow();
    const [environment] = loadAll(readFileSync(join(template, 'environment.yml'), 'utf8'));
    expect(environment).toEqual({
      name: 'example',
      manifests: ['manifests/'],
      prune: { protect: ['PersistentVolumeClaim', 'Namespace', 'CustomResourceDefinition'] },
    });
    const promised = filesIn(template).flatMap((name) =>
      readFileSync(join(template, name), 'utf8')
        .split('\n')
        .filter((line) => !line.includes('Not ready yet'))
        .flatMap(
          (line) =>
            /(?<!\/)`?lockkeeper ([a-z]+)(?: ([a-z]+))?/
              .exec(line)
              ?.slice(1)
              .filter((word) => word !== undefined)
              .join(' ') ?? [],
        ),
    );
    expect(new Set(promised)).toEqual(new Set(['access doctor', 'apiserver setup', 'deploy', 'validate']));
    for (const command of promised) expect(await call([...command.split(' '), '--help'])).toMatchObject({ exit: 0 });
  });

  test('the package that is published holds all of the template', () => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
    const published = files.map(({ path }) => path).filter((path) => path.startsWith('environments-template/'));
    expect(published.sort()).toEqual(
      filesIn(template)
        .map((name) => `environments-template/${name}`)
        .sort(),
    );
  });
});
