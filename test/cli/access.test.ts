import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccessBook } from '../../src/access/grant/book.ts';
import { openPersistence } from '../../src/adapters/store/open.ts';
import { recordOf } from '../support/builders/grants.ts';
import { call } from '../support/terminal.ts';

const app = `
store: { url: file:./data }
forges: { local: { type: local, path: ./repositories } }
clusters: { dead: { kubeconfig: ./kubeconfig } }
environments:
  - { name: production, repository: "local:environments/production", cluster: dead }
  - { name: notes, repository: "local:environments/notes" }
access: { approvers: [lead] }
`;
const kubeconfig = `
current-context: dead
contexts: [{ name: dead, context: { cluster: dead } }]
clusters: [{ name: dead, cluster: { server: "https://127.0.0.1:1" } }]
`;
const until = new Date(Date.now() + 3_600_000).toISOString();

describe('lockkeeper access, while the cluster does not answer', () => {
  let root = '';
  const access = (...args: readonly string[]) => call(['--config', join(root, 'app.yml'), '--log-level', 'error', 'access', ...args], {});

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-access-'));
    writeFileSync(join(root, 'app.yml'), app);
    writeFileSync(join(root, 'kubeconfig'), kubeconfig);
    const persistence = await openPersistence(`file:${join(root, 'data')}`, () => {});
    const ended = recordOf({ state: 'ended', because: 'revoked', by: 'local:lead', goneAt: '2026-11-21T12:30:00Z' }, { id: 'g2' });
    const book: Partial<AccessBook> = { grants: [recordOf({}, { until }), ended], files: {} };
    await persistence.store.put('access', 'local:environments/production', book);
    await persistence.close();
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('list says who has what, and that the cluster could not be asked', async () => {
    const { exit, stdout, stderr } = await access('list');
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^grant +who +environment +namespace +level +until +approved by +why +merge request$/m);
    expect(stdout).toMatch(
      /^g0{19}1 +alice +production +billing +admin +\S+ \S+Z \((?:1h|59m\d+s) left\) +lead +INC-1234: migration stuck +http/m,
    );
    expect(stdout).not.toContain('g2');
    expect(stderr).toContain('production: ');
  });

  test('list --all --json has those that ended, and the keys of the contract', async () => {
    const { stdout } = await access('list', '--all', '--json', '--env', 'production');
    const { grants, errors } = JSON.parse(stdout) as { readonly grants: readonly object[]; readonly errors: readonly object[] };
    expect(grants).toEqual([
      expect.objectContaining({ id: 'g2', state: 'ended', because: 'revoked', by: 'local:lead', endedAt: '2026-11-21T12:30:00Z' }),
      expect.objectContaining({ subject: 'alice', environment: 'production', until, approvedBy: ['lead'], state: 'active' }),
    ]);
    expect(errors).toHaveLength(1);
  });

  test.each([
    [['list', '--env', 'notes'], 'app.yml has no environment "notes" with a cluster; only there is access granted'],
    [['revoke', 'g9'], 'there is no grant "g9"; lockkeeper access list shows those that are open'],
    [['reap', '--env', 'notes'], 'app.yml has no environment "notes" with a cluster'],
    [['reap', '--context', 'dead'], '--context is one of a kubeconfig: name --kubeconfig FILE'],
    [['reap', '--env', 'production', '--kubeconfig', 'x'], 'name --env, or --kubeconfig and --context, and not both'],
    [['reap', '--kubeconfig', '/none/such'], '/none/such cannot be read (ENOENT)'],
  ])('%j is wrong use', async (args, message) => {
    const { exit, stderr } = await access(...args);
    expect([exit, stderr.trim()]).toEqual([2, `lockkeeper: ${message}`]);
  });

  test('reap says that the cluster cannot be asked', async () => {
    const { exit, stdout, stderr } = await access('reap', '--json');
    expect([exit, JSON.parse(stdout)]).toEqual([3, { reaped: [], errors: [{ scope: 'dead', message: expect.any(String) as string }] }]);
    expect(stderr).toContain('dead: ');
  });
});
