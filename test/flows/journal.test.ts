import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sqlite } from '../../src/adapters/sqlite.ts';
import { type Registry, startRegistry } from '../../src/demo/registry.ts';
import { deployment, host, publish } from '../support/deployments.ts';
import { git } from '../support/git-repository.ts';
import { localScanWorld } from '../support/scan-world.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
});
afterEach(() => registry.close());

/** Two apps behind, one scan done, in a folder of its own. */
async function scanned() {
  const home = folder();
  const world = localScanWorld(home);
  world.configure(`registries: { "${host(registry)}": { insecure: true } }
environments: [{ name: staging, repository: "local:staging" }]
journal: { anchor: { repository: "local:audit" } }
`);
  for (const app of ['billing', 'web']) publish(registry, `shop/${app}`, '1.4.2', '1.5.0');
  const file = (app: string) => ({ [`${app}.yaml`]: deployment(`${host(registry)}/shop/${app}:1.4.2`) });
  await world.createRepository('staging', { ...file('billing'), ...file('web') });
  await world.createRepository('audit', { 'README.md': 'Tags.\n' });
  await world.run('scan');
  return { world, home };
}

const journalFile = (home: string) => join(home, 'data/journal.db');

const change = (home: string, statement: string): void => {
  const connection = new (sqlite().DatabaseSync)(journalFile(home));
  connection.exec(statement);
  connection.close();
};

test('what a scan does is in the journal before it is on the forge; a second scan and a dry run add nothing', async () => {
  const { world } = await scanned();
  await world.run('scan');
  await world.run('scan', '--dry-run');
  const { entries } = JSON.parse((await world.run('journal', 'list', '--json')).stdout) as { readonly entries: readonly unknown[] };
  expect(entries).toHaveLength(2);
  expect(entries).toContainEqual(
    expect.objectContaining({
      kind: 'proposal',
      actor: 'lockkeeper',
      environment: 'staging',
      what: 'open a merge request: billing 1.4.2 → 1.5.0',
      facts: expect.objectContaining({
        action: 'open',
        app: 'billing',
        repository: 'local:staging',
        [`${host(registry)}/shop/billing`]: '1.4.2 → 1.5.0',
      }),
    }),
  );
  expect((await world.run('journal', 'list', '--last', '1')).stdout).toMatch(/lockkeeper +staging +proposal +open a merge request/);
  expect((await world.run('journal', 'list', '--kind', 'grant')).stdout).toContain('no such entry');
});

test('no journal, no effect: a scan that cannot write it opens nothing, says so, and the next one does', async () => {
  const { world, home } = await scanned();
  const file = { 'api.yaml': deployment(`${host(registry)}/shop/api:1.0.0`) };
  publish(registry, 'shop/api', '1.0.0', '1.1.0');
  await world.pushAsPerson('staging', 'main', file, 'One more');
  change(home, 'ALTER TABLE entry RENAME TO elsewhere');
  change(home, 'CREATE TABLE entry (number INTEGER, text TEXT CHECK (text IS NULL))');
  const failed = await world.run('scan');
  expect(failed).toMatchObject({ exit: 3 });
  expect(failed.stdout).toMatch(/journal\.db.*writing the journal/);
  expect((await world.forge.mergeRequests('staging')).map(({ branch }) => branch).sort()).toEqual(['lockkeeper/billing', 'lockkeeper/web']);
  change(home, 'DROP TABLE entry');
  change(home, 'ALTER TABLE elsewhere RENAME TO entry');
  expect(await world.run('scan')).toMatchObject({ exit: 0 });
  expect(await world.forge.mergeRequests('staging')).toHaveLength(3);
});

test('verify: unbroken, compared with the tags of another repository; what was changed is named, exit code 1', async () => {
  const { world, home } = await scanned();
  const fine = await world.run('journal', 'verify');
  expect(fine).toMatchObject({ exit: 0 });
  const head = /newest: (2:[0-9a-f]{64})/.exec(fine.stdout)?.[1] ?? '';
  await git(world.directory('audit'), ['tag', `lockkeeper-journal/${head.replace(':', '-')}`, 'main']);
  expect((await world.run('journal', 'verify')).stdout).toContain('2 entries, unbroken; compared with 1 kept elsewhere');
  change(home, `UPDATE entry SET text = replace(text, '1.5.0', '1.5.1') WHERE number = 1`);
  const broken = JSON.parse((await world.run('journal', 'verify', '--json')).stdout) as unknown;
  expect(broken).toMatchObject({ ok: false, problems: [{ number: 1, problem: expect.stringContaining('changed after it was written') }] });
  change(home, 'DELETE FROM entry');
  const cut = await world.run('journal', 'verify', '--head', head);
  expect(cut).toMatchObject({ exit: 1 });
  expect(cut.stdout).toMatch(/2 +local:audit has its hash, and the journal ends at entry 0: its tail was cut off/);
  expect(await world.run('journal', 'verify', '--head', '2:abc')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--head 2:abc'),
  });
});

test.each([
  ['is no entry any more', "UPDATE entry SET text = 'gone' WHERE number = 1"],
  ['would be written elsewhere', `UPDATE entry SET text = json_set(text, '$.at', '../../x') WHERE number = 1`],
])('export: one that %s is in no file, and named; exit code 1', async (_, statement) => {
  const { world, home } = await scanned();
  change(home, statement);
  const out = join(home, 'audit');
  const { exit, stdout } = await world.run('journal', 'export', out);
  expect([exit, stdout]).toEqual([1, expect.stringMatching(/Entry 1 cannot be read and stands in no file/)]);
  expect(readdirSync(out)).toEqual(['staging']);
  expect(JSON.parse((await world.run('journal', 'export', out, '--json')).stdout)).toMatchObject({
    unreadable: [1],
    sheets: [{ entries: 1 }],
  });
});

test('export: a file of JSON lines and a page for people, per environment and month; again gives the same', async () => {
  const { world, home } = await scanned();
  const out = join(home, 'audit');
  const read = () => readdirSync(join(out, 'staging')).map((name) => [name, readFileSync(join(out, 'staging', name), 'utf8')]);
  expect(await world.run('journal', 'export', out)).toMatchObject({ exit: 0 });
  const first = read();
  const [[, lines = ''] = [], [, page = ''] = []] = first;
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { number: number }).number),
  ).toEqual([1, 2]);
  expect(page).toMatch(/^# Journal of staging, \d{4}-\d\d\n/);
  expect(page).toContain('**proposal** open a merge request: billing 1.4.2 → 1.5.0');
  rmSync(out, { recursive: true });
  await world.run('journal', 'export', out);
  expect(read()).toEqual(first);
  expect((await world.run('journal', 'export', out, '--month', '2001-01')).stdout).toContain('nothing was written');
});
