import { setTimeout } from 'node:timers/promises';
import { createContext } from '../../src/cli/context.ts';
import { printable } from '../../src/cli/printable.ts';
import { startProgress } from '../../src/cli/progress.ts';
import { tableText } from '../../src/cli/table.ts';
import { sink } from '../support/terminal.ts';

function contextOn(terminal: { readonly isTTY?: boolean; readonly columns?: number }, env: Record<string, string> = {}) {
  const [stdout, stderr] = [sink(terminal), sink(terminal)];
  return { stdout, stderr, context: createContext({ stdout, stderr, env }, { config: 'app.yml', logLevel: 'info' }) };
}

test('secrets are hidden in results, tables and logs, also those learned later', () => {
  for (const isTTY of [false, true]) {
    const { stdout, stderr, context } = contextOn({ isTTY, columns: 100 });
    const { output, log, hide } = context;
    hide(['first"secret']);
    hide(['second-secret']);
    const both = 'first"secret second-secret';
    output.print(both);
    output.styled([{ text: both, style: 'bold' }]);
    output.json({ both, [both]: 1 });
    output.table([both], [[both]]);
    log.info({ both, err: new Error(both, { cause: new Error(both) }) }, both);
    expect(stdout.text() + stderr.text()).not.toMatch(/first\\?"secret|second-secret/);
    expect(stdout.text().match(/\[redacted\]/g)).toHaveLength(12);
  }
});

test('a secret in a cell that is wrapped is hidden as well', () => {
  const { stdout, context } = contextOn({ isTTY: true, columns: 30 });
  context.hide(['correct-horse-battery-staple']);
  context.output.table(['one', 'two'], [['x'.repeat(40), 'a correct-horse-battery-staple b']]);
  expect(stdout.text().replaceAll(/\s/g, '')).not.toMatch(/horse|battery/);
});

test('nothing from outside can steer the terminal', () => {
  expect(printable('a\u001b[31mb\rc\u202ed\te\nf\u0007\u009b')).toBe('a\\u001b[31mb\\u000dc\\u202ed\te\nf\\u0007\\u009b');
  const { stdout, stderr, context } = contextOn({ isTTY: true, columns: 80 });
  context.output.table(['\u001b]0;x'], [['a\nb\u001b[2J']]);
  context.output.print('\u001b[2J');
  context.output.styled([{ text: 'a\u001b[2Jb', style: 'bold' }]);
  context.log.warn({ file: '\u001b[2J' }, 'a\u001b[2J\nb');
  const bold = ['\u001b[1m', '\u001b[22m'];
  const shown = bold.reduce((text, code) => text.replaceAll(code, ''), stdout.text() + stderr.text());
  expect(shown).toContain('\\u001b[2J');
  expect(shown).not.toContain('\u001b');
});

test('a table is as wide as it needs, and no wider than the terminal', () => {
  const rows = [
    ['billing', 'registry.example.com/payments/billing'.repeat(3)],
    ['web', 'x'],
  ];
  const wide = tableText(['app', 'package'], rows, { width: undefined, color: false });
  expect(wide.split('\n')).toEqual(['app      package', `billing  ${rows[0]?.[1]}`, 'web      x']);
  const narrow = tableText(['app', 'package'], rows, { width: 40, color: false }).split('\n');
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(narrow.join('').replaceAll(/\s/g, '')).toContain('x');
  expect(tableText(['app'], [], { width: 80, color: false })).toBe('app');
});

test('what does not fit wraps between words', () => {
  const rows = [
    ['zoë', 'put a valid token into forges.gitlab.token'],
    ['b', 'short'],
  ];
  expect(tableText(['who', 'what'], rows, { width: 30, color: false }).split('\n')).toEqual([
    'who  what',
    'zoë  put a valid token into',
    '     forges.gitlab.token',
    'b    short',
  ]);
});

test('an address at the end of a row stays in one piece on a narrow terminal', () => {
  const url = 'http://127.0.0.1:3000/platform/environments/production/merge_requests/7';
  const text = tableText(
    ['proposal', 'merge request'],
    [
      ['web 2.3.1-alpine to 2.4.0-alpine', url],
      ['redis', ''],
    ],
    { width: 20, color: false },
  );
  expect(
    text
      .split('\n')
      .find((line) => line.includes('http'))
      ?.indexOf(url),
  ).toBe(20);
});

test('logs are JSON for machines and lines for people', () => {
  const machine = contextOn({});
  machine.context.log.warn({ file: 'a.yaml' }, 'skipped');
  machine.context.log.debug('not at this level');
  expect(JSON.parse(machine.stderr.text())).toMatchObject({
    level: 'warn',
    file: 'a.yaml',
    msg: 'skipped',
    time: expect.stringMatching(/Z$/),
  });
  const person = contextOn({ isTTY: true });
  person.context.log.warn({ file: 'a.yaml', line: 3 }, 'skipped');
  expect(person.stderr.text()).toMatch(/^\d\d:\d\d:\d\d warn {3}skipped {2}file=a\.yaml {2}line=3\n$/);
});

test('a progress bar is shown on a terminal only, and only for long work', async () => {
  const [terminal, file, brief] = [sink({ isTTY: true, columns: 80 }), sink(), sink({ isTTY: true, columns: 80 })];
  const [shown, hidden, short] = [
    startProgress(terminal, 'scanning', 2),
    startProgress(file, 'scanning', 2),
    startProgress(brief, 'scanning', 2),
  ];
  short.advance();
  short.stop();
  shown.advance();
  shown.grow(3);
  for (let waited = 0; waited < 100 && terminal.text() === ''; waited += 1) await setTimeout(50);
  hidden.stop();
  shown.stop();
  expect(terminal.text()).toContain('scanning [');
  expect(terminal.text()).toContain('1/5');
  expect(file.text() + brief.text()).toBe('');
});
