import { Ajv } from 'ajv';
import { SaxesParser } from 'saxes';
import type { Finding } from '../../../src/domain/finding.ts';
import { verdictJson } from '../../../src/validation/report/json.ts';
import { junitXml } from '../../../src/validation/report/junit.ts';
import { sarifLog } from '../../../src/validation/report/sarif.ts';
import { statusOf } from '../../../src/validation/report/status.ts';
import { expectGolden } from '../../support/golden.ts';
import { sarifDescription } from '../../support/sarif-description.ts';
import { bundle, findingOf, findings, judged, verdictOf } from '../../support/verdicts.ts';

const strange = 'a ]]> b <c attr="d"> &e; \u0000\u001b\ud800 \ufffe \u202e 😀\n\ttab';

describe('status', () => {
  const url = 'https://gitlab.example.com/x/-/merge_requests/1';
  test.each<[string, readonly Finding[], boolean, string, string]>([
    ['nothing', [], true, 'success', 'no errors · 3 objects against Kubernetes 1.36 in 0.9 s'],
    ['a warning', findings.slice(3), true, 'success', '1 warning · 3 objects against Kubernetes 1.36 in 0.9 s'],
    ['a waiver', findings.slice(2, 3), true, 'success', 'no errors · 3 objects against Kubernetes 1.36 in 0.9 s'],
    ['errors', findings, true, 'failure', '2 errors, 1 warning · 3 objects against Kubernetes 1.36 in 0.9 s'],
    ['something unread', [], false, 'error', 'no verdict: not everything could be read · 3 objects against Kubernetes 1.36 in 0.9 s'],
    [
      'errors and something unread',
      findings,
      false,
      'error',
      'no verdict: not everything could be read · 3 objects against Kubernetes 1.36 in 0.9 s',
    ],
  ])('%s', (_, found, complete, state, description) => {
    expect(statusOf(verdictOf({ findings: found, complete }), url)).toMatchObject({ name: 'lockkeeper/validate', state, description, url });
  });

  test('annotations: errors first; what is in a bundle stands where environment.yml names the bundle', () => {
    expect(statusOf(verdictOf(), url).annotations).toEqual([
      {
        file: 'environment.yml',
        line: 4,
        severity: 'error',
        message: 'billing-1.6.0 deployment.yaml:31: Deployment billing/api: unknown field "spec.replicass"\ndid you mean `replicas`?',
      },
      { file: 'manifests/broken.yaml', line: 3, severity: 'error', message: 'is no YAML: a mapping ends here' },
      {
        file: 'manifests/redis.yaml',
        line: 4,
        severity: 'warning',
        message: 'Deployment billing/redis: one replica; draining its node stops it\ntwo replicas, or waive it with a reason',
      },
    ]);
  });
});

describe('JSON', () => {
  test('has the keys of the design page, and says what is in a bundle and what is waived', () => {
    expectGolden('reports/verdict.json', `${JSON.stringify(verdictJson(verdictOf()), undefined, 2)}\n`);
  });

  test.each([
    [{ findings: [] }, true],
    [{ findings: findings.slice(2) }, true],
    [{}, false],
    [{ findings: [], complete: false }, false],
  ])('%j: ok is %j', (of, ok) => expect(verdictJson(verdictOf(of)).ok).toBe(ok));
});

describe('SARIF', () => {
  const options = { version: '0.1.0', serviceUrl: 'https://lockkeeper.example.com' };
  const check = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(sarifDescription);

  test('one run per environment, rules with their pages, waivers as suppressions', () => {
    const log = sarifLog([verdictOf(), verdictOf({ environment: 'staging', findings: [] })], options);
    expectGolden('reports/verdict.sarif', `${JSON.stringify(log, undefined, 2)}\n`);
    expect([check(log), check.errors]).toEqual([true, null]);
  });

  test('an environment without a verdict is a run that failed', () => {
    const log = sarifLog([], options, [{ environment: 'staging', message: 'local:staging: no repository' }]);
    expect([check(log), check.errors]).toEqual([true, null]);
    expect(log.runs[0]?.invocations).toMatchObject([
      { executionSuccessful: false, toolExecutionNotifications: [{ message: { text: 'local:staging: no repository' } }] },
    ]);
  });

  test('names of files are relative URIs, whatever they hold', () => {
    const log = sarifLog([verdictOf({ findings: [findingOf({ file: 'a b/ü%#?.yaml', message: strange })] })], { version: '0.1.0' });
    expect([check(log), check.errors]).toEqual([true, null]);
    expect(JSON.stringify(log)).toContain('"uri":"a%20b/%C3%BC%25%23%3F.yaml"');
  });

  test('a fingerprint stays when lines move, and two findings never share one', () => {
    const prints = (found: readonly Finding[]) =>
      sarifLog([verdictOf({ findings: found })], options).runs[0]?.results?.map(
        ({ partialFingerprints }) => partialFingerprints?.['lockkeeper/v1'],
      );
    const twice = [findingOf(), findingOf({ line: 13 })];
    expect(prints(twice.map((one) => ({ ...one, line: one.line + 100 })))).toEqual(prints(twice));
    expect(new Set(prints([...findings, ...twice])).size).toBe(findings.length + 2);
  });
});

interface Element {
  readonly name: string;
  readonly attributes: Record<string, string>;
  text: string;
}

/** Throws for what is not well-formed. */
function elements(xml: string): Element[] {
  const [found, open]: [Element[], Element[]] = [[], []];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, text: '' };
    found.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.write(xml).close();
  return found;
}

describe('JUnit', () => {
  test('a suite per environment, a case per object and per file with findings of its own', () => {
    const xml = junitXml([verdictOf(), verdictOf({ environment: 'staging', findings: [], complete: false })]);
    expectGolden('reports/verdict.xml', xml);
    const found = elements(xml);
    expect(found[0]?.attributes).toMatchObject({ tests: '8', failures: '2', errors: '1' });
    expect(found.filter(({ name }) => name === 'testsuite').map(({ attributes }) => attributes['name'])).toEqual(['production', 'staging']);
  });

  test('an environment without a verdict is a suite with an error', () => {
    const found = elements(junitXml([verdictOf({ findings: [] })], [{ environment: 'staging', message: 'local:staging: no repository' }]));
    expect(found[0]?.attributes).toMatchObject({ failures: '0', errors: '1' });
    expect(found.at(-1)).toMatchObject({ name: 'error', attributes: { message: 'local:staging: no repository' } });
  });

  test('every error is in it, of an object that stands twice in a file once', () => {
    const objects = [judged('web', 'manifests/web.yaml', 1), judged('web', 'manifests/web.yaml', 20)];
    const found = elements(junitXml([verdictOf({ objects, findings: [findingOf(), findingOf({ line: 22, message: 'twice' })] })]));
    const failures = found.filter(({ name }) => name === 'failure');
    expect(failures).toHaveLength(1);
    expect(failures[0]?.attributes).toEqual({ type: 'api-server', message: 'unknown field "spec.replicass"; twice' });
    expect(failures[0]?.text).toContain('manifests/web.yaml:22: error: Deployment billing/web: twice');
  });

  test('text from outside stays text, without what XML cannot hold', () => {
    const found = elements(
      junitXml([
        verdictOf({
          environment: strange,
          objects: [{ ...judged('web', strange), name: strange }],
          findings: [
            findingOf({ message: strange, help: strange, rule: strange }),
            findingOf({ severity: 'waived', message: strange, reason: strange }),
          ],
        }),
      ]),
    );
    const shown = 'a ]]> b <c attr="d"> &e; \ufffd\ufffd\ufffd \ufffd \u202e 😀\n\ttab';
    expect(found.find(({ name }) => name === 'testsuite')?.attributes['name']).toBe(shown);
    expect(found.find(({ name }) => name === 'failure')?.text).toContain(shown);
    expect(found.map(({ name }) => name)).toEqual(['testsuites', 'testsuite', 'testcase', 'testcase', 'failure', 'system-out']);
  });

  test('what a bundle holds is named by the bundle', () => {
    expect(junitXml([verdictOf()])).toContain(`classname="${bundle}!/deployment.yaml"`);
  });
});
