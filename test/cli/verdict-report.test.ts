import { createContext } from '../../src/cli/context.ts';
import { printVerdict } from '../../src/cli/verdict-report.ts';
import type { Verdict } from '../../src/validation/outcome.ts';
import { expectGolden } from '../support/golden.ts';
import { sink } from '../support/terminal.ts';
import { verdictOf } from '../support/verdicts.ts';

function printed(verdict: Verdict, terminal: { readonly isTTY?: boolean; readonly columns?: number } = {}): string {
  const stdout = sink(terminal);
  const { output } = createContext({ stdout, stderr: sink(), env: {} }, { config: 'app.yml', logLevel: 'info' });
  printVerdict(verdict, output);
  return stdout.text();
}

test('a place on a line of its own, what is wrong and what to do below it, and all in one line at the end', () => {
  expectGolden('reports/verdict.txt', printed(verdictOf()));
  expectGolden('reports/verdict-terminal.txt', printed(verdictOf(), { isTTY: true, columns: 30 }));
});

test('one that is fine is one line', () => {
  expect(printed(verdictOf({ findings: [] }))).toBe('production: accepted, no errors · 3 objects against Kubernetes 1.36 in 0.9 s\n');
  expect(printed(verdictOf({ findings: [], complete: false }))).toMatch(/^production: no verdict: not everything could be read, /);
});
