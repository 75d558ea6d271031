import { createContext } from '../../src/cli/context.ts';
import { withPhases } from '../../src/cli/deploy-progress.ts';
import { sink } from '../support/terminal.ts';

test('a bar for each phase, the one before taken away; also when the work fails', async () => {
  const seen: string[] = [];
  const io = { stdout: sink(), stderr: sink(), env: {} };
  const context = createContext(io, { config: 'app.yml', logLevel: 'silent' });
  const output = {
    ...context.output,
    progress: (title: string, total: number) => {
      seen.push(`${title} of ${total}`);
      return { advance: () => void seen.push('+'), grow: () => {}, stop: () => void seen.push('away') };
    },
  };
  const work = withPhases({ ...context, output }, 'staging', async (progress) => {
    progress.phase('preflight', 2);
    progress.done('a');
    progress.phase('apply', 3);
    await Promise.reject(new Error('broken'));
  });
  await expect(work).rejects.toThrow('broken');
  expect(seen).toEqual(['staging: trying of 2', '+', 'away', 'staging: applying of 3', 'away']);
});
