import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { gitIn } from '../../src/adapters/git.ts';
import { OutsideError, UsageError } from '../../src/domain/errors.ts';
import { branchHead, commitFiles, createBareRepository } from '../support/git-repository.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';

const root = temporaryFolder();
const folder = () => join(root(), 'a.git');
const git = () => gitIn(folder(), 'local:a');
const text = async (args: readonly string[]) => (await git().run('asking', args)).out.toString().trim();

const surroundings = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in surroundings)) delete process.env[name];
  Object.assign(process.env, surroundings);
});

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describeWith('git', 'git', () => {
  beforeEach(async () => {
    await createBareRepository(folder(), 'main');
    await commitFiles(folder(), { branch: 'main', files: { a: 'x'.repeat(200_000) }, message: 'first' });
  });

  test('sees nothing of the settings around it', async () => {
    writeFileSync(join(root(), '.gitconfig'), '[user]\n\tname = Somebody\n[lockkeeper]\n\ttopic = leaked\n');
    mkdirSync(join(root(), 'git'));
    writeFileSync(join(root(), 'git/config'), '[lockkeeper]\n\ttopic = leaked\n');
    Object.assign(process.env, {
      HOME: root(),
      XDG_CONFIG_HOME: root(),
      GIT_DIR: '/nowhere',
      GIT_WORK_TREE: '/nowhere',
      GIT_INDEX_FILE: '/nowhere/index',
      GIT_OBJECT_DIRECTORY: '/nowhere/objects',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'lockkeeper.topic',
      GIT_CONFIG_VALUE_0: 'leaked',
      GIT_AUTHOR_NAME: 'Somebody',
      GIT_COMMITTER_EMAIL: 'somebody@example.com',
    });
    const tree = await text(['rev-parse', 'main^{tree}']);
    const { out } = await git().run('committing', ['commit-tree', tree, '-F', '-'], { input: 'mine' });
    const made = await text(['show', '-s', '--format=%an %ae %cn %ce %B', out.toString().trim()]);
    expect(made).toBe('Lockkeeper lockkeeper@localhost Lockkeeper lockkeeper@localhost mine');
    expect((await git().run('reading settings', ['config', '--get-all', 'lockkeeper.topic'], { codes: [1] })).code).toBe(1);
  });

  test('runs no hook of the repository', async () => {
    const trace = join(root(), 'trace');
    for (const hook of ['reference-transaction', 'update', 'post-update']) {
      writeFileSync(join(folder(), 'hooks', hook), `#!/bin/sh\ntouch ${trace}\nexit 1\n`);
      chmodSync(join(folder(), 'hooks', hook), 0o755);
    }
    const head = (await branchHead(folder(), 'main')) ?? '';
    await git().run('moving x', ['update-ref', 'refs/heads/x', head]);
    expect(await branchHead(folder(), 'x')).toBe(head);
    expect(existsSync(trace)).toBe(false);
  });

  test('a failure names the command, not the settings before it', async () => {
    await expect(git().run('reading x', ['-c', 'http.lowSpeedLimit=1', '-c', 'a.b=c', 'cat-file', '-e', 'x'])).rejects.toThrow(
      'local:a: reading x: git cat-file said: fatal: Not a valid object name x',
    );
  });

  test('a failure says where, what was being done, and what git said, in English', async () => {
    Object.assign(process.env, { LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' });
    const failing = git().run('reading x', ['cat-file', '-t', 'x']);
    await expect(failing).rejects.toThrow(OutsideError);
    await expect(git().run('reading x', ['cat-file', '-t', 'x'])).rejects.toThrow(
      'local:a: reading x: git cat-file said: fatal: Not a valid object name x',
    );
  });

  test('exit codes that are an answer', async () => {
    expect((await git().run('asking', ['config', 'no.such'], { codes: [0, 1] })).code).toBe(1);
    await expect(git().run('asking', ['config', 'no.such'])).rejects.toThrow('local:a: asking: git config ended with code 1');
  });

  test('input that git does not read to its end is no crash', async () => {
    const input = 'x\n'.repeat(5_000_000);
    await expect(git().run('asking', ['rev-parse', '--git-dir'], { input })).resolves.toMatchObject({ code: 0 });
  });

  test('an answer too large for memory is refused', async () => {
    const size = 70 * 1024 * 1024;
    const { out } = await git().run('writing', ['hash-object', '-w', '--stdin'], { input: Buffer.alloc(size) });
    const id = out.toString().trim();
    await expect(git().run('reading it', ['cat-file', 'blob', id])).rejects.toThrow('local:a: reading it: git cat-file answered more than');
    expect((await read(await git().stream('reading it', ['cat-file', 'blob', id]))).length).toBe(size);
  });

  test('no git on this machine', async () => {
    process.env['PATH'] = [root(), '/nowhere'].join(delimiter);
    await expect(git().run('reading x', ['version'])).rejects.toThrow(UsageError);
    await expect(git().stream('reading x', ['version'])).rejects.toThrow('local:a: reading x: git is not installed, or not in PATH');
  });

  test('a folder that is gone', async () => {
    const gone = gitIn(join(root(), 'gone.git'), 'local:gone');
    await expect(gone.run('reading x', ['for-each-ref'])).rejects.toThrow(
      /^local:gone: reading x: git for-each-ref said: fatal: not a git repository/,
    );
  });

  test('a stream that fails before its first byte throws', async () => {
    await expect(git().stream('reading x', ['archive', 'nothing'])).rejects.toThrow(
      'local:a: reading x: git archive said: fatal: not a valid object name: nothing',
    );
  });

  test('an empty stream ends', async () => {
    expect((await read(await git().stream('reading tags', ['for-each-ref', 'refs/tags']))).length).toBe(0);
  });

  test('a stream that fails in the middle ends with the error', async () => {
    const input = await text(['rev-parse', 'main:a']);
    const stream = await git().stream('reading a', [
      '-c',
      'alias.half=!git cat-file blob "$1" && echo broken >&2 && exit 3; :',
      'half',
      input,
    ]);
    await expect(read(stream)).rejects.toThrow(/local:a: reading a: .*broken/);
  });

  test('a reader that leaves early ends git', async () => {
    const { out } = await git().run('writing', ['hash-object', '-w', '--stdin'], { input: Buffer.alloc(20_000_000) });
    for (let round = 0; round < 20; round += 1) {
      const stream = await git().stream('reading it', ['cat-file', 'blob', out.toString().trim()]);
      for await (const _ of stream) break;
      expect(stream.destroyed).toBe(true);
    }
  });
});
