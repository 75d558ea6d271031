import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal } from '../../../../src/adapters/forges/local/local.ts';
import { accessContract } from '../../../support/contracts/forge-access.ts';
import { forgeContract } from '../../../support/contracts/forge-contract.ts';
import { localFixture } from '../../../support/local-fixture.ts';
import { describeWith } from '../../../support/parts.ts';

const create = async (url?: string) => {
  const root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  const forge = createLocal({ name: 'local', path: root, ...(url === undefined ? {} : { url }) });
  return localFixture(root, forge, async () => rmSync(root, { recursive: true }));
};

describeWith('git', 'on this machine', () => {
  forgeContract('local', () => create());
  accessContract('local', () => create());
  forgeContract('local with pages', () => create('https://lockkeeper.example.com/repositories/'));
});
