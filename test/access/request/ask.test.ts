import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, type AskPorts, askForAccess } from '../../../src/access/request/ask.ts';
import { parseRequest } from '../../../src/access/request/parse.ts';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import type { AccessRequest } from '../../../src/domain/access.ts';
import type { Person } from '../../../src/domain/access-forge.ts';
import type { Forge } from '../../../src/domain/forge.ts';
import type { ForgeUser } from '../../../src/domain/forge-user.ts';
import { requestOf, settingsOf } from '../../support/builders/access.ts';
import { gitText } from '../../support/git-repository.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';

const hour = 3_600_000;
const now = new Date('2026-11-22T12:00:00Z');
const place = { environment: 'staging', path: 'staging' };

const settings = settingsOf({ rules: { approvers: ['lead', 'other#9', '@leads'] }, groups: { 'team-payments': '@payments/team' } });

const asked = requestOf();
const ask = (otherwise: Partial<AccessRequest> = {}, more: Partial<Ask> = {}): Ask => ({
  request: { ...asked, ...otherwise },
  by: 'alice',
  dryRun: false,
  ...more,
});

describeWith('git', 'asking for access', () => {
  let root = '';
  let fixture: ReturnType<typeof localFixture>;
  const ports = (forge: Partial<Forge> = {}, otherwise: Partial<AskPorts> = {}): AskPorts => ({
    forge: Object.assign(Object.create(fixture.forge) as Forge, forge),
    settings,
    held: [],
    now,
    ...otherwise,
  });
  const first = { 'manifests/web.yaml': 'kind: Namespace\n' };
  const inBranch = (branch: string, file: string) => gitText(fixture.directory('staging'), ['show', `${branch}:${file}`]);

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-ask-'));
    fixture = localFixture(root, createLocal({ name: 'local', path: root }));
    await fixture.createRepository('staging', first);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('one merge request with one file, which the gate reads as it was meant', async () => {
    const answer = await askForAccess(ports(), place, ask());
    expect(answer).toEqual({
      outcome: 'opened',
      title: 'access: alice, admin of billing for 2h',
      branch: expect.stringMatching(/^lockkeeper-access\/billing\/alice-[0-9a-f]{6}$/) as string,
      id: 1,
      url: expect.any(String) as string,
    });
    const request = await fixture.forge.gatedRequest('staging', 1);
    expect(request).toMatchObject({ state: 'open', target: 'main', labels: ['lockkeeper-access'], fork: false });
    expect(await fixture.forge.changedPaths('staging', 1)).toEqual({
      paths: [{ path: 'access/billing/alice.yml', kind: 'added' }],
      complete: true,
    });
    const content = await inBranch(request.branch, 'access/billing/alice.yml');
    expect(parseRequest('access/billing/alice.yml', Buffer.from(`${content}\n`))).toEqual({ request: asked });
    const [commit] = await fixture.forge.branchCommits('staging', request.branch, 'main');
    expect(commit).toMatchObject({ byBot: true, message: expect.stringMatching(/^Requested-by: alice$/m) as string });
  });

  test('the same again ends at the same', async () => {
    const one = await askForAccess(ports(), place, ask());
    const two = await askForAccess(ports(), place, ask());
    expect(two).toEqual({ ...one, outcome: 'there' });
    expect(await fixture.countMergeRequests('staging')).toBe(1);
  });

  test('something else is another merge request, with a file of its own', async () => {
    await askForAccess(ports(), place, ask());
    await askForAccess(ports(), place, ask({ level: 'readonly' }));
    await askForAccess(ports(), place, ask({}, { by: 'bob' }));
    await askForAccess(ports(), place, ask({ subject: { kind: 'group', name: 'team-payments' } }));
    const files = await Promise.all([1, 2, 3, 4].map(async (id) => (await fixture.forge.changedPaths('staging', id)).paths[0]?.path));
    expect(files).toEqual([
      'access/billing/alice.yml',
      'access/billing/alice-2.yml',
      'access/billing/alice-3.yml',
      'access/billing/team-payments.yml',
    ]);
  });

  test('a file that stands there is left alone', async () => {
    await fixture.pushAsPerson('staging', 'main', { ...first, 'access/billing/alice.yaml': 'user: alice\n' }, 'by hand');
    await askForAccess(ports(), place, ask());
    expect((await fixture.forge.changedPaths('staging', 1)).paths).toEqual([{ path: 'access/billing/alice-2.yml', kind: 'added' }]);
  });

  test('a dry run says what it would be, and changes nothing', async () => {
    const answer = await askForAccess(ports(), place, ask({}, { dryRun: true }));
    expect(answer).toMatchObject({
      outcome: 'planned',
      file: 'access/billing/alice.yml',
      content: expect.stringContaining('level: admin') as string,
    });
    expect(await gitText(fixture.directory('staging'), ['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main');
  });

  describe('refuses', () => {
    test.each<[string, Partial<AccessRequest>, string]>([
      ['what app.yml does not allow', { durationMs: 9 * hour }, 'It asks for 9h, and 8h is the most.'],
      ['a protected namespace', { namespace: 'kube-system' }, 'Nobody is given access to kube-system: it is protected.'],
      ['nobody', { subject: { kind: 'user', name: 'no body' } }, 'There is no user no body at the forge.'],
      [
        'a reason that turns around',
        { reason: 'stuck \u202e nimda' },
        'The file that asks for it is none: line 3: has the character U+202E, which does not show as what it is: write it without.',
      ],
    ])('%s', async (_, request, reason) => {
      expect(await askForAccess(ports(), place, ask(request))).toEqual({ outcome: 'refused', reasons: [reason] });
      await expect(fixture.forge.openRequests('staging', 'main')).resolves.toEqual([]);
    });

    test('where nobody may approve', async () => {
      const off = { ...settings, rules: { ...settings.rules, approvers: [] } };
      expect(await askForAccess(ports({}, { settings: off }), place, ask())).toEqual({
        outcome: 'refused',
        reasons: ['Nobody may approve access: access.approvers in app.yml is empty.'],
      });
    });

    test('a branch with the commit of somebody else', async () => {
      const planned = await askForAccess(ports(), place, ask({}, { dryRun: true }));
      const branch = planned.outcome === 'planned' ? planned.branch : '';
      await fixture.pushAsPerson('staging', branch, { ...first, 'mine.txt': 'x\n' }, 'mine');
      expect(await askForAccess(ports(), place, ask())).toEqual({
        outcome: 'refused',
        reasons: [
          expect.stringMatching(/^The branch lockkeeper-access\/billing\/alice-\w{6} has a commit of .+: delete it, and ask again\.$/),
        ],
      });
    });
  });

  test('the name is the one that the forge has', async () => {
    const person = (_: string, name: string): Promise<Person> =>
      Promise.resolve({ id: '7', name: name === 'ALICE' ? 'Alice' : name, bot: false, active: true, emails: [] });
    await askForAccess(ports({ person }), place, ask({ subject: { kind: 'user', name: 'ALICE' } }));
    const { branch } = await fixture.forge.gatedRequest('staging', 1);
    expect(await inBranch(branch, 'access/billing/alice.yml')).toContain('user: Alice\n');
  });

  test('approvers are asked for review: people, and neither who asks nor who gets it', async () => {
    const called: (readonly string[])[] = [];
    const known: Record<string, Person> = Object.fromEntries(
      ['lead', 'other', 'Alice'].map((name, at) => [name, { id: String(at), name, bot: false, active: true, emails: [] }]),
    );
    const members: readonly ForgeUser[] = ['Alice', 'bob', 'carol', 'lead', 'robot'].map((name) => ({
      id: known[name]?.id ?? `m-${name}`,
      name,
      bot: name === 'robot',
    }));
    const forge = {
      person: (_: string, name: string) => Promise.resolve(known[name] ?? known['Alice']),
      members: () => Promise.resolve(members),
      askForReview: (_: string, __: number, users: readonly ForgeUser[]) => {
        called.push(users.map(({ name }) => name));
        return Promise.resolve();
      },
    };
    await askForAccess(ports(forge), place, ask({}, { by: 'bob' }));
    expect(called).toEqual([['lead', 'carol']]);
    const glass = { ...settings, rules: { ...settings.rules, breakGlass: { users: ['alice'], maxDurationMs: hour } } };
    await askForAccess(ports(forge, { settings: glass }), place, ask({ breakGlass: true, durationMs: hour }));
    expect(called).toHaveLength(1);
  });

  test('dying before or after any step, and asked again, it ends in the same', async () => {
    const steps = ['commit', 'open', 'askForReview'] as const;
    const whole = await askForAccess(ports({ askForReview: async () => {} }), place, ask({ namespace: 'whole' }));
    expect(whole.outcome).toBe('opened');
    let count = 1;
    for (const name of steps)
      for (const when of ['before', 'after'] as const) {
        const request = { namespace: `${name.toLowerCase()}-${when}` };
        const dying = (...args: never[]): Promise<never> => {
          const real = fixture.forge[name] as (...given: never[]) => Promise<unknown>;
          const work = when === 'after' ? real.apply(fixture.forge, args) : Promise.resolve();
          return work.then(() => Promise.reject(new Error('died')));
        };
        await expect(askForAccess(ports({ [name]: dying }), place, ask(request))).rejects.toThrow('died');
        const answer = await askForAccess(ports(), place, ask(request));
        count += 1;
        expect(await fixture.countMergeRequests('staging')).toBe(count);
        expect(answer).toMatchObject({ id: count, title: `access: alice, admin of ${request.namespace} for 2h` });
        const { paths } = await fixture.forge.changedPaths('staging', count);
        expect(paths).toEqual([{ path: `access/${request.namespace}/alice.yml`, kind: 'added' }]);
        expect((await fixture.forge.branchCommits('staging', answer.outcome === 'refused' ? '' : answer.branch, 'main')).length).toBe(1);
      }
  });
});
