import type { Finding } from '../../src/domain/finding.ts';

/** A finding as a manifest of the corpus announces it. */
export interface Expected {
  readonly line: number;
  readonly severity: string;
  readonly rule: string;
  /** Parts of the message, and of the help. */
  readonly says: string;
  readonly help: string;
}

const mark = /^\s*# \^ (error|warning) ([\w-]+): (.*?)(?: → (.*))?$/;
const besides = /^(\d+): (error|warning) ([\w-]+): (.*?)(?: → (.*))?$/;

/**
 * What a manifest says of itself: `# ^ SEVERITY RULE: part of the message → part of the help`, below the line that is meant. A file that takes no
 * comments has its findings beside it, each with its line before it.
 */
export function expectedFindings(text: string, beside = ''): Expected[] {
  let line = 0;
  const inside = text.split('\n').flatMap((content, index): Expected[] => {
    const [, severity, rule = '', says = '', help = ''] = mark.exec(content) ?? [];
    if (severity !== undefined) return [{ line, severity, rule, says, help }];
    line = index + 1;
    return [];
  });
  const outside = beside.split('\n').flatMap((content): Expected[] => {
    const [, at, severity = '', rule = '', says = '', help = ''] = besides.exec(content) ?? [];
    return at === undefined ? [] : [{ line: Number(at), severity, rule, says, help }];
  });
  return [...inside, ...outside].sort((a, b) => a.line - b.line);
}

/** The findings in the same words where they fit what was expected, in their own where they do not. */
export function comparable(findings: readonly Finding[], expected: readonly Expected[]): Expected[] {
  const left = [...expected];
  return findings
    .map((finding) => {
      const at = left.findIndex((one) => fits(finding, one));
      const [found] = at < 0 ? [] : left.splice(at, 1);
      return (
        found ?? { line: finding.line, severity: finding.severity, rule: finding.rule, says: finding.message, help: finding.help ?? '' }
      );
    })
    .sort((a, b) => a.line - b.line || left.length);
}

const fits = (finding: Finding, { line, severity, rule, says, help }: Expected): boolean =>
  finding.line === line &&
  finding.severity === severity &&
  finding.rule === rule &&
  finding.message.includes(says) &&
  (finding.help ?? '').includes(help);
