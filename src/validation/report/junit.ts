import { type Finding, objectName } from '../../domain/finding.ts';
import { type NoVerdict, outcomeOf, type Verdict } from '../outcome.ts';
import { placeText, sentence } from './where.ts';

// Written here and not by a library: it is a tree of five elements, and what matters, escaping, is the two functions at the end.

/** JUnit XML as GitLab, GitHub's actions and Jenkins read it: a suite for each environment, a case for each object, and one for each file that has findings of its own. */
export function junitXml(verdicts: readonly Verdict[], missed: readonly NoVerdict[] = []): string {
  const suites = [
    ...verdicts.map((verdict) => suiteOf(verdict, casesOf(verdict))),
    ...missed.map((one) => suiteOf({ ...one, seconds: 0 }, [broken(one)])),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'testsuites',
    { name: 'lockkeeper validate', ...totals(suites.flatMap(({ cases }) => cases)) },
    suites.map(({ text }) => text),
  )}\n`;
}

interface Case {
  readonly text: string;
  readonly failed: boolean;
  readonly broken: boolean;
}

const totals = (cases: readonly Case[]) => ({
  tests: cases.length,
  failures: cases.filter(({ failed }) => failed).length,
  errors: cases.filter(({ broken }) => broken).length,
});

interface Suite {
  readonly text: string;
  readonly cases: readonly Case[];
}

function suiteOf({ environment, seconds }: Pick<Verdict, 'environment' | 'seconds'>, cases: readonly Case[]): Suite {
  const attributes = { name: environment, ...totals(cases), time: seconds.toFixed(3) };
  return {
    text: element(
      'testsuite',
      attributes,
      cases.map(({ text }) => text),
    ),
    cases,
  };
}

function casesOf(verdict: Verdict): Case[] {
  const ofObjects = Map.groupBy(verdict.findings, ({ object, file }) =>
    object === undefined ? undefined : keyOf(objectName(object), file),
  );
  const cases = verdict.objects.map((object) => {
    const [name, { file, line }] = [objectName(object), object.place];
    const key = keyOf(name, file);
    const found = ofObjects.get(key) ?? [];
    ofObjects.delete(key); // the same object twice in one file: its findings are told once
    return caseOf({ name, classname: file, line }, found);
  });
  // Of files, and of objects that nobody wrote there.
  const rest = Map.groupBy([...ofObjects.values()].flat(), ({ file }) => file);
  const ofFiles = [...rest].map(([file, found]) => caseOf({ name: file, classname: file, line: found[0]?.line ?? 1 }, found));
  return [
    ...cases,
    ...ofFiles,
    ...(outcomeOf(verdict) === 'unknown' ? [broken({ environment: verdict.environment, message: unread })] : []),
  ];
}

const keyOf = (name: string, file: string): string => `${name}\n${file}`;

interface Named {
  readonly name: string;
  readonly classname: string;
  readonly line: number;
}

/** Readers show the first failure of a case alone: all of its errors are one. */
function caseOf({ name, classname, line }: Named, findings: readonly Finding[]): Case {
  const of = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity);
  const [errors, rest] = [of('error'), [...of('warning'), ...of('waived')]];
  const failure = element(
    'failure',
    { type: [...new Set(errors.map(({ rule }) => rule))].join(' '), message: errors.map(({ message }) => message).join('; ') },
    [escaped(errors.map(told).join('\n'))],
  );
  const parts = [
    ...(errors.length > 0 ? [failure] : []),
    ...(rest.length > 0 ? [element('system-out', {}, [escaped(rest.map(told).join('\n'))])] : []),
  ];
  return { text: element('testcase', { name, classname, file: classname, line }, parts), failed: errors.length > 0, broken: false };
}

const unread = 'not everything could be read, so there is no verdict';

function broken({ environment, message }: NoVerdict): Case {
  return {
    text: element('testcase', { name: 'everything is read', classname: environment }, [
      element('error', { type: 'incomplete', message }, []),
    ]),
    failed: false,
    broken: true,
  };
}

const told = (finding: Finding): string =>
  [
    `${placeText(finding)}: ${finding.severity}: ${sentence(finding)} (${finding.rule})`,
    ...(finding.help === undefined ? [] : [`  ${finding.help}`]),
    ...(finding.reason === undefined ? [] : [`  waived: ${finding.reason}`]),
  ].join('\n');

/** `parts` are XML already. */
function element(name: string, attributes: Readonly<Record<string, string | number>>, parts: readonly string[]): string {
  const opening = [
    name,
    ...Object.entries(attributes).map(
      ([key, value]) =>
        `${key}="${escaped(String(value))
          .replaceAll('"', '&quot;')
          .replaceAll(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`)}"`,
    ),
  ].join(' ');
  if (parts.length === 0) return `<${opening}/>`;
  const between = parts.every((part) => part.startsWith('<')) ? '\n' : '';
  return `<${opening}>${[between, parts.join(between), between].join('')}</${name}>`;
}

/** `>` too, so that no `]]>` stands in the text; characters that XML cannot hold at all become U+FFFD. https://www.w3.org/TR/xml/#charsets */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
