import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../src/adapters/forges/local/local.ts';
import { localFixture } from '../support/local-fixture.ts';
import { describeWith } from '../support/parts.ts';
import { call } from '../support/terminal.ts';

const app = `
forges: { local: { type: local, path: ./repositories } }
environments: [{ name: staging, repository: local:staging }]
access: { approvers: [lead], maxDuration: 4h, reason: 'INC-[0-9]+' }
`;

describeWith('git', 'lockkeeper access request', () => {
  let root = '';
  let fixture: ReturnType<typeof localFixture>;
  const request = (more: readonly string[] = [], env: Record<string, string> = { GITLAB_USER_LOGIN: 'alice' }) =>
    call(
      [
        ...['--config', join(root, 'app.yml'), '--log-level', 'error', 'access', 'request', '--env', 'staging'],
        ...['--namespace', 'billing', '--level', 'admin', '--for', '2h', '--reason', 'INC-1234: stuck', ...more],
      ],
      env,
    );

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-access-'));
    writeFileSync(join(root, 'app.yml'), app);
    const path = join(root, 'repositories');
    fixture = localFixture(path, createLocal({ name: 'local', path }));
    await fixture.createRepository('staging', { 'manifests/web.yaml': 'kind: Namespace\n' });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('opens the merge request for whoever runs it, once', async () => {
    const { exit, stdout, stderr } = await request();
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^opened: access: alice, admin of billing for 2h\n.+\n$/);
    expect((await request()).stdout).toMatch(/^open as before: access: alice, admin of billing for 2h\n/);
    expect(await fixture.countMergeRequests('staging')).toBe(1);
  });

  test('for another user, or a group of app.yml', async () => {
    expect((await request(['--user', 'bob'])).stdout).toContain('access: bob, admin of billing for 2h');
    const { exit, stdout } = await request(['--group', 'team-payments']);
    expect([exit, stdout]).toEqual([
      1,
      'nothing is asked for:\n  The group team-payments may not be given access: app.yml has none (access.groups).\n',
    ]);
  });

  test('--dry-run prints the file and changes nothing', async () => {
    const { exit, stdout } = await request(['--dry-run']);
    expect([exit, stdout]).toEqual([
      0,
      [
        'to open: access: alice, admin of billing for 2h',
        'access/billing/alice.yml:',
        '  user: alice',
        '  level: admin',
        '  reason: "INC-1234: stuck"',
        '  duration: 2h',
        'dry run: nothing was changed\n',
      ].join('\n'),
    ]);
    expect(await fixture.forge.openRequests('staging', 'main')).toEqual([]);
  });

  test('--json', async () => {
    const { stdout } = await request(['--json']);
    expect(JSON.parse(stdout)).toEqual({
      environment: 'staging',
      outcome: 'opened',
      title: 'access: alice, admin of billing for 2h',
      branch: expect.stringMatching(/^lockkeeper-access\/billing\/alice-[0-9a-f]{6}$/),
      id: 1,
      url: expect.any(String),
    });
  });

  test.each<[string, readonly string[], number, string]>([
    ['what app.yml does not allow', ['--for', '5h'], 1, 'It asks for 5h, and 4h is the most.'],
    ['a reason without its ticket', ['--reason', 'because'], 1, 'The reason must have something that matches INC-[0-9]+'],
    ['break-glass where there is none', ['--break-glass'], 1, 'app.yml has no breakGlass there'],
    ['another level', ['--level', 'root'], 2, 'Allowed choices are readonly, developer, admin'],
    ['what is no duration', ['--for', 'long'], 2, '"long" is no duration'],
    ['both', ['--user', 'a', '--group', 'b'], 2, '--user and --group: a request is for one of them'],
    ['an environment that is none', ['--env', 'nowhere'], 2, '--env nowhere: '],
  ])('%s is said', async (_, more, exit, message) => {
    const result = await request(more);
    expect(result.exit).toBe(exit);
    expect(`${result.stdout}${result.stderr}`).toContain(message);
    expect(await fixture.forge.openRequests('staging', 'main')).toEqual([]);
  });

  test('a caller without a name of the forge is told to give one', async () => {
    const { exit, stderr } = await request([], { GITLAB_USER_LOGIN: 'Alice Smith' });
    expect([exit, stderr]).toEqual([2, expect.stringContaining('"Alice Smith" is no name of the forge')]);
  });
});
