import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext } from '../../src/cli/context.ts';
import { runAccessDemo } from '../../src/cli/demo-access.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { describeWith } from '../support/parts.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call, sink } from '../support/terminal.ts';

/** Milliseconds: the two minutes that it is to take, and a slow machine. */
const whole = 240_000;

describe('lockkeeper demo access', () => {
  const folder = temporaryFolder();

  /** One walk that stops once `whileServed` is through. */
  async function walk(env: NodeJS.ProcessEnv, whileServed: () => Promise<void> = async () => {}) {
    const [stdout, stderr] = [sink(), sink()];
    const context = createContext({ stdout, stderr, env }, { config: 'app.yml', logLevel: 'info' });
    const exit = await runAccessDemo({ dir: join(folder(), 'demo') }, context, whileServed);
    return { exit, stdout: stdout.text(), stderr: stderr.text() };
  }

  /** In the order of the text. */
  const story = (text: string): readonly string[] =>
    [...text.matchAll(/^\d:\d\d {2}(.*)$/gm)].map(([, told = '']) => told.replace(/ ?\d\d:\d\d:\d\d UTC/, ''));

  const before = [
    'Ada asks for a minute of admin: a branch with one file, and a merge request',
    expect.stringMatching(/^Lockkeeper says what is missing: .*grace/),
    'Grace, who may approve, approves it as it is now',
  ];

  describeWith('controller-manager', 'with a cluster', () => {
    test(
      'asks, approves, uses and ends; what it says to look at is there',
      async () => {
        const { exit, stdout, stderr } = await walk(process.env, async () => {
          const config = join(folder(), 'demo/app.yml');
          const journal = await call(['journal', 'list', '--config', config]);
          expect([journal.exit, journal.stdout]).toEqual([0, expect.stringMatching(/grant .*ada admin of billing[\s\S]*revocation/)]);
          expect((await call(['access', 'list', '--config', config])).exit).toBe(0);
        });
        expect([exit, stderr]).toEqual([0, '']);
        expect(story(stdout)).toEqual([
          'Ada tries to write',
          ...before,
          'Lockkeeper has merged it',
          'Ada is admin of billing until, by a RoleBinding that a timer owns',
          'Ada writes',
          'It is over: the RoleBinding is gone at',
          'Ada tries again',
          "access/billing/ada.yml is removed by a merge request of Lockkeeper's own",
        ]);
        expect([...stdout.matchAll(/^ {8}(\d{3}\b.*)$/gm)].map(([, said]) => said)).toEqual([
          '403: Kubernetes says no',
          '201',
          '403: Kubernetes says no',
        ]);
      },
      whole,
    );
  });

  describeWith('git', 'without one', () => {
    test(
      'says how to get it, and does the rest; twice',
      async () => {
        const env = { PATH: folder(), HOME: folder(), XDG_CACHE_HOME: folder() };
        for (let time = 0; time < 2; time += 1) {
          const { exit, stdout } = await walk(env);
          expect([exit, story(stdout)]).toEqual([
            0,
            [...before, 'Nothing is missing any more: with a cluster, Lockkeeper would merge it now'],
          ]);
          expect(stdout).toContain('Nothing is granted: there is no API server here. "npx lockkeeper apiserver setup" obtains one');
        }
      },
      whole,
    );

    test('leaves a folder with something else alone', async () => {
      writeFileSync(join(folder(), 'mine'), 'x');
      const context = createContext({ stdout: sink(), stderr: sink(), env: {} }, { config: 'app.yml', logLevel: 'info' });
      await expect(runAccessDemo({ dir: folder() }, context, async () => {})).rejects.toBeInstanceOf(UsageError);
      expect(existsSync(join(folder(), 'mine'))).toBe(true);
    });
  });
});
