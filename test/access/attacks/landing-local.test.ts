import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../../src/adapters/forges/local/local.ts';
import type { AttackFixture } from '../../support/contracts/attack-fixture.ts';
import { landingContract } from '../../support/contracts/landing-attacks.ts';
import { branchHead } from '../../support/git-repository.ts';
import { localFixture } from '../../support/local-fixture.ts';
import { describeWith } from '../../support/parts.ts';

async function create(): Promise<AttackFixture> {
  const root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  const forge = createLocal({ name: 'local', path: root });
  const fixture = localFixture(root, forge, async () => rmSync(root, { recursive: true }));
  const approveBy: AttackFixture['approveBy'] = async (path, name, id) => {
    const { branch } = await forge.gatedRequest(path, id);
    await forge.approve(path, id, name, (await branchHead(fixture.directory(path), branch)) ?? '');
  };
  return { ...fixture, approveBy };
}

describeWith('git', 'on this machine', () => landingContract('the local forge', create));
