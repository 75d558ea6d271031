import { soak } from '../support/soak/soak.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();

// `npm run bench -- --soak` does it for ten minutes, and measures.
test('with faults everywhere, restarts and people: in the end each merge request stands once and was told once, and nothing is left to do', async () => {
  const settings = { folder: folder(), seed: 20_261_121, seconds: 12, apps: 3, faults: 0.05, pushEvery: 1500, actEvery: 1500 };
  const { problems, answers, figures } = await soak({ ...settings, schedule: '0 * * * *', settle: 'hooks' });
  expect(problems).toEqual([]);
  expect(figures['faults injected']).toBeGreaterThan(0);
  expect(answers.get('forged 202')).toBeUndefined();
}, 150_000);
