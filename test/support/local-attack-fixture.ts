import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocal, type Local } from '../../src/adapters/forges/local/local.ts';
import type { AttackFixture } from './contracts/attack-fixture.ts';
import { localFixture } from './local-fixture.ts';

export type LocalAttackFixture = AttackFixture & Pick<ReturnType<typeof localFixture>, 'read' | 'write'> & { readonly forge: Local };

/** The local forge, in a new folder. */
export async function localAttackFixture(): Promise<LocalAttackFixture> {
  const root = mkdtempSync(join(tmpdir(), 'lockkeeper-test-'));
  const forge = createLocal({ name: 'local', path: root });
  const fixture = localFixture(root, forge, async () => rmSync(root, { recursive: true }));
  const headOf = async (path: string, id: number) => (await forge.gatedRequest(path, id)).commit;
  return {
    ...fixture,
    forge,
    approveBy: async (path, name, id) => forge.approve(path, id, name, await headOf(path, id)),
    unapproveBy: async (path, name, id) => {
      const record = fixture.read(path, id);
      fixture.write(path, id, { ...record, approvals: record.approvals.filter(({ user }) => user !== name) });
    },
  };
}
