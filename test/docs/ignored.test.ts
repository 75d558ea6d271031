import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { call } from '../support/terminal.ts';

const root = resolve(import.meta.dirname, '../..');

test('git, and with it the formatter, ignores what the README’s commands make in a checkout', async () => {
  const ignored = readFileSync(resolve(root, '.gitignore'), 'utf8').split('\n');
  const { stdout } = await call(['demo', '--help']);
  const [, demo = 'no folder in the help'] = /--dir <dir>[^(]*\(default:\s+"([^"]+)"\)/s.exec(stdout) ?? [];
  expect(ignored).toEqual(expect.arrayContaining([`${demo}/`, 'node_modules', 'data/']));
});
