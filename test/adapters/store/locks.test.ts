import { join } from 'node:path';
import { embeddedLocks } from '../../../src/adapters/store/locks.ts';
import { locksContract } from '../../support/contracts/locks-contract.ts';
import { ended, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();

locksContract('embedded', async () => [embeddedLocks(folder()), embeddedLocks(folder())]);

test('a killed process lets go', async () => {
  const module = JSON.stringify(join(import.meta.dirname, '../../../src/adapters/store/locks.ts'));
  const child = startProgram(
    `import { embeddedLocks } from ${module};
     await embeddedLocks(${JSON.stringify(folder())}).hold('a', 0, async () => { console.log('have it'); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`,
  );
  const end = ended(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const locks = embeddedLocks(folder());
  await expect(locks.hold('a', 20, async () => 'mine')).rejects.toThrow('somebody else');
  child.kill('SIGKILL');
  expect(await locks.hold('a', 10_000, async () => 'mine')).toBe('mine');
  await end;
});
