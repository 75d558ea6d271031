import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { ConflictError, RefusedError } from '../../../../src/domain/errors.ts';
import { branch, files, path, propose } from '../../../support/contracts/proposal.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';

describeWith('git', 'on this machine', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const begin = async () => {
    const forge = createLocal({ name: 'local', path: root });
    const fixture = localFixture(root, forge);
    await fixture.createRepository(path, files);
    return { ...fixture, forge };
  };

  test('a status is one file per commit, which is told when it cannot be read', async () => {
    const { forge } = await begin();
    const { head, request } = await propose(forge);
    await forge.setStatus(
      path,
      { commit: head, branch, request: request.id },
      { name: 'lockkeeper/validate', state: 'error', description: 'no API server' },
    );
    const file = join(root, `${path}.lockkeeper/statuses/${head}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([{ name: 'lockkeeper/validate', state: 'error', description: 'no API server' }]);
    writeFileSync(file, '[{"name": "lockkeeper/validate", "state": "sucess"}]');
    const refused = await forge.statuses(path, head).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedError);
    expect(String(refused)).toContain(file);
  });

  test('an approval is for one commit, once, and only while it is the head of an open merge request', async () => {
    const { forge, pushAsPerson, closeAsPerson, read } = await begin();
    const { head, request } = await propose(forge);
    await forge.approve(path, request.id, 'ada', head);
    await forge.approve(path, request.id, 'ada', head);
    expect(read(path, request.id).approvals).toHaveLength(1);
    const pushed = await pushAsPerson(path, branch, { 'other.yaml': 'b: 9\n' }, 'x');
    await expect(forge.approve(path, request.id, 'grace', head)).rejects.toBeInstanceOf(ConflictError);
    await forge.approve(path, request.id, 'ada', pushed);
    expect((await forge.reviews(path, request.id)).reviews.map(({ user, commit }) => [user.id, commit])).toEqual([
      ['ada', head],
      ['ada', pushed],
    ]);
    await closeAsPerson(path, request.id);
    await expect(forge.approve(path, request.id, 'grace', pushed)).rejects.toBeInstanceOf(ConflictError);
  });
});
