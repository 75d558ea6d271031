import type { Finding } from '../domain/finding.ts';
import { measured, type Outcome, outcomeOf, tally, type Verdict } from '../validation/outcome.ts';
import { placeText, sentence } from '../validation/report/where.ts';
import type { Output, Piece } from './output.ts';

/** Each finding below its place, which stands alone on its line: terminals and editors open `file:line`, and a table would break it. */
export function printVerdict(verdict: Verdict, output: Output): void {
  const open = verdict.findings.filter(({ severity }) => severity !== 'waived');
  const waived = verdict.findings.filter(({ severity }) => severity === 'waived');
  for (const finding of open) printFinding(finding, output);
  for (const finding of waived)
    output.styled([{ text: `waived: ${placeText(finding)} ${sentence(finding)}: ${finding.reason ?? ''}`, style: 'dim' }]);
  if (verdict.findings.length > 0) output.print('');
  output.styled(closing(verdict, waived.length));
}

const signs = { error: { text: '✖ ', style: 'red' }, warning: { text: '▲ ', style: 'yellow' } } as const;

function printFinding(finding: Finding, output: Output): void {
  const sign = signs[finding.severity === 'error' ? 'error' : 'warning'];
  output.styled([sign, { text: placeText(finding), style: 'bold' }, { text: `  ${finding.rule}`, style: 'dim' }]);
  output.print(`    ${oneLine(sentence(finding))}`);
  if (finding.help !== undefined) output.print(`    → ${oneLine(finding.help)}`);
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

const words: Readonly<Record<Outcome, Piece>> = {
  accepted: { text: 'accepted', style: 'green' },
  rejected: { text: 'rejected', style: 'red' },
  unknown: { text: 'no verdict: not everything could be read', style: 'red' },
};

/** `staging: rejected, 1 error, 2 warnings, 1 waived · 41 objects against Kubernetes 1.36 in 0.9 s` */
function closing(verdict: Verdict, waived: number): Piece[] {
  const told = [tally(verdict.findings), ...(waived > 0 ? [`${waived} waived`] : [])].join(', ');
  return [{ text: `${verdict.environment}: ` }, words[outcomeOf(verdict)], { text: `, ${told} · ${measured(verdict)}` }];
}
