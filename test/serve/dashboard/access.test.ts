import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeBook, readBook } from '../../../src/access/grant/book.ts';
import type { Site, Viewer } from '../../../src/domain/site.ts';
import type { Services } from '../../../src/services.ts';
import { type AccessPages, accessPages, person } from '../../support/access-pages.ts';
import { recordOf } from '../../support/builders/grants.ts';
import { describeWith } from '../../support/parts.ts';
import { aViewer, press, visit } from '../../support/site-visitor.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { call } from '../../support/terminal.ts';

const app = `
store: { url: "file:./data" }
forges: { local: { type: local, path: ./repositories } }
clusters: { dead: { kubeconfig: ./kubeconfig } }
environments:
  - { name: staging, repository: "local:staging", cluster: dead }
  - { name: vault, repository: "local:vault" }
access:
  approvers: [lead, grace]
  maxDuration: 4h
  reason: 'INC-[0-9]+'
  groups: { team-payments: "@payments" }
  breakGlass: { users: [oncall], maxDuration: 30m }
  policies: [{ namespaces: [ledger], approvers: [], levels: [admin] }]
`;
const kubeconfig = `
current-context: dead
contexts: [{ name: dead, context: { cluster: dead } }]
clusters: [{ name: dead, cluster: { server: "https://127.0.0.1:1" } }]
`;
const repository = 'local:staging';

const asked = {
  environment: 'staging',
  namespace: 'billing',
  level: 'admin',
  user: '',
  group: '',
  duration: '2h',
  reason: 'INC-1234: stuck',
};

describeWith('git', 'the pages of access on a real local forge', () => {
  const temporary = temporaryFolder();
  let root = '';
  let services: Services;
  let site: Site;
  let fixture: AccessPages['fixture'];
  let look: AccessPages['look'];

  beforeEach(async () => {
    root = temporary();
    writeFileSync(join(root, 'app.yml'), app);
    writeFileSync(join(root, 'kubeconfig'), kubeconfig);
    ({ services, fixture, look, site } = await accessPages(root));
    await fixture.createRepository('staging', { 'manifests/web.yaml': 'kind: Namespace\n' });
    await fixture.createRepository('vault', { 'manifests/web.yaml': 'kind: Namespace\n' });
  });
  afterEach(() => services.close());

  const commandLine = (env: Record<string, string>) =>
    call(
      [
        ...['--config', join(root, 'app.yml'), '--log-level', 'error', 'access', 'request', '--env', 'staging'],
        ...['--namespace', 'billing', '--level', 'admin', '--for', '2h', '--reason', 'INC-1234: stuck', '--json'],
      ],
      env,
    );

  test('asking opens the merge request that the command line opens, for whoever asks, and once', async () => {
    const answers = await Promise.all([
      press(site, '/access/ask', asked, person('alice')),
      press(site, '/access/ask', asked, person('alice')),
    ]);
    expect(answers.map(({ status, location }) => [status, location])).toEqual(Array(2).fill([303, '/access?in=staging&asked=1']));
    expect(await fixture.countMergeRequests('staging')).toBe(1);
    const { exit, stdout } = await commandLine({ GITLAB_USER_LOGIN: 'alice' });
    expect([exit, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ outcome: 'there', id: 1, title: 'access: alice, admin of billing for 2h' }),
    ]);
    const { commits } = await fixture.forge.line('staging', fixture.read('staging', 1).commit, ['access/billing/alice.yml'], 1);
    expect(commits[0]?.message).toContain('Requested-by: alice');
    expect((await services.persistence.queue().list()).map(({ key }) => key)).toEqual(['local:staging!1']);
  });

  test('it shows at once, and what is missing as soon as the gate has looked', async () => {
    const { location = '' } = await press(site, '/access/ask', asked, person('alice'));
    const { body: first } = await visit(site, location, { viewer: person('alice') });
    expect(first).toContain('Asked: ');
    expect(first).toContain('the gate is looking at it');
    await look(1);
    const { body } = await visit(site, '/access');
    expect(body).toContain('access: alice, admin of billing for 2h');
    expect(body).toMatch(/It needs an approval of [0-9a-f]{12} by lead or grace\./);
    const { requests } = JSON.parse((await visit(site, '/api/v1/access')).body) as { requests: readonly object[] };
    expect(requests).toEqual([
      expect.objectContaining({
        id: 1,
        judged: true,
        asks: expect.objectContaining({ namespace: 'billing', subject: 'alice', duration: '2h' }),
      }),
    ]);
  });

  test('whoever works on the machine itself asks as the command line does', async () => {
    await press(site, '/access/ask', asked, aViewer({ name: 'ada', actor: 'ada' }));
    const { stdout } = await commandLine({ GITLAB_USER_LOGIN: 'ada' });
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'there', id: 1, title: 'access: ada, admin of billing for 2h' });
  });

  test('for another user, and without an approval where app.yml lets somebody', async () => {
    await press(site, '/access/ask', { ...asked, user: 'bob' }, person('alice'));
    await press(site, '/access/ask', { ...asked, duration: '30m', breakGlass: 'yes' }, person('oncall'));
    expect([1, 2].map((id) => fixture.read('staging', id).title)).toEqual([
      'access: bob, admin of billing for 2h',
      'access: oncall, admin of billing for 30m (break-glass)',
    ]);
  });

  test.each<[string, Record<string, string>, Partial<Viewer>, number, string]>([
    ['who may not push', {}, { acts: () => false }, 422, 'alice may not push to the repository of staging'],
    ['somebody of another forge', {}, { user: { forge: 'gitlab', id: '7', name: 'alice' } }, 422, 'You are alice of gitlab'],
    ['a bot', {}, { user: { forge: 'local', id: 'lockkeeper', name: 'lockkeeper' } }, 422, 'lockkeeper may not push'],
    ['a namespace that is protected', { namespace: 'kube-system' }, {}, 422, 'it is protected'],
    ['a name that is none', { namespace: '../billing' }, {}, 422, 'is no name of a namespace'],
    ['a character that does not show', { reason: 'INC-1 \u200b' }, {}, 422, 'U+200B'],
    ['too long', { duration: '5h' }, {}, 422, '4h is the most for admin'],
    ['without the ticket', { reason: 'because' }, {}, 422, 'INC-[0-9]+'],
    ['a subject that is no person', { user: 'lockkeeper' }, {}, 422, 'id="wrong-user">lockkeeper is no person.'],
    ['an environment that is not seen', {}, { sees: () => false }, 405, ''],
  ])('nothing is opened for %s, and it is said', async (_, fields, who, status, said) => {
    const answer = await press(site, '/access/ask', { ...asked, ...fields }, person('alice', who));
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(said);
    expect(await fixture.forge.openRequests('staging', 'main')).toEqual([]);
  });

  test('what may be asked for in a namespace is what its policy says', async () => {
    const { body } = await visit(site, '/access/ask?environment=staging&namespace=billing', { viewer: person('alice') });
    expect(body).toContain('one approval of lead and grace');
    expect(body).toContain('for at most 30m, for oncall');
    const { body: ledger } = await visit(site, '/access/ask?environment=staging&namespace=ledger', { viewer: person('alice') });
    expect(ledger).toContain('nobody may approve it');
  });

  const until = new Date(Date.now() + 3_600_000).toISOString();
  const give = () =>
    changeBook(services.persistence, repository, (book) => ({
      ...book,
      grants: [recordOf({}, { environment: 'staging', repository, until })],
    }));

  test.each<[string, Viewer, boolean]>([
    ['who has it', person('alice'), true],
    ['an approver', person('grace'), true],
    ['an approver who cannot push', person('lead', { acts: () => false }), true],
    ['somebody else', person('mallory'), false],
    ['somebody of that name elsewhere', aViewer({ user: { forge: 'gitlab', id: '7', name: 'alice' } }), false],
    ['whoever works on the machine', aViewer(), true],
    ['whoever may not act there', aViewer({ acts: () => false }), false],
  ])('the button is drawn for %s: %#', async (_, viewer, drawn) => {
    await give();
    expect((await visit(site, '/access', { viewer })).body.includes('/revoke"')).toBe(drawn);
  });

  test('revoked by somebody who may not: nothing, and said', async () => {
    await give();
    const before = await readBook(services.persistence.store, repository);
    const answer = await press(site, '/access/grants/g00000000000000000001/revoke', { reason: 'envy' }, person('mallory'));
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('mallory neither holds it nor may approve it')]);
    const unseen = await press(site, '/access/grants/g00000000000000000001/revoke', {}, person('alice', { sees: () => false }));
    expect(unseen.status).toBe(404);
    expect((await press(site, '/access/grants/nobody/revoke', {}, person('alice'))).status).toBe(404);
    expect(await readBook(services.persistence.store, repository)).toEqual(before);
    expect(await services.persistence.journal().newest()).toBeUndefined();
  });

  test('where the cluster does not answer that is said, and the grant is not called over', async () => {
    await give();
    const answer = await press(site, '/access/grants/g00000000000000000001/revoke', { reason: 'done' }, person('alice'));
    expect([answer.status, answer.body]).toEqual([503, expect.stringContaining('ended by the next look at the grants')]);
    const { grants } = await readBook(services.persistence.store, repository);
    expect(grants[0]?.state).not.toBe('ended');
  });
});
