import { createHash } from 'node:crypto';
import type { Location, Log, ReportingDescriptor, Result, Run } from 'sarif';
import { type Finding, objectName } from '../../domain/finding.ts';
import type { NoVerdict, Verdict } from '../outcome.ts';
import { rulePage } from './pages.ts';
import { inRepository, remark } from './where.ts';

export interface SarifOptions {
  /** Of Lockkeeper. */
  readonly version: string;
  /** The service's address, whose pages say what a rule is; without a trailing slash. */
  readonly serviceUrl?: string | undefined;
}

/** SARIF 2.1.0, a run for each environment. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */
export const sarifLog = (verdicts: readonly Verdict[], options: SarifOptions, missed: readonly NoVerdict[] = []): Log => ({
  $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
  version: '2.1.0',
  runs: [...verdicts.map((verdict) => runOf(verdict, options)), ...missed.map((one) => failedRun(one, options))],
});

const failedRun = ({ environment, message }: NoVerdict, { version }: SarifOptions): Run => ({
  tool: { driver: { name: 'lockkeeper', version, rules: [] } },
  automationDetails: { id: `lockkeeper/validate/${environment}` },
  invocations: [{ executionSuccessful: false, toolExecutionNotifications: [{ level: 'error', message: { text: message } }] }],
  columnKind: 'utf16CodeUnits',
  results: [],
});

function runOf(verdict: Verdict, { version, serviceUrl }: SarifOptions): Run {
  const rules = [...new Set(verdict.findings.map(({ rule }) => rule))].sort();
  const seen = new Map<string, number>();
  return {
    tool: { driver: { name: 'lockkeeper', version, rules: rules.map((rule) => ruleOf(rule, serviceUrl)) } },
    automationDetails: { id: `lockkeeper/validate/${verdict.environment}` },
    invocations: [{ executionSuccessful: verdict.complete }],
    columnKind: 'utf16CodeUnits',
    results: verdict.findings.map((finding) => resultOf(finding, { rules, seen, bundles: verdict.bundles })),
  };
}

const ruleOf = (id: string, serviceUrl: string | undefined): ReportingDescriptor => ({
  id,
  shortDescription: { text: id.replaceAll('-', ' ') },
  ...(serviceUrl !== undefined && { helpUri: rulePage(id, serviceUrl) }),
});

interface Around extends Pick<Verdict, 'bundles'> {
  readonly rules: readonly string[];
  /** How often each fingerprint was given. */
  readonly seen: Map<string, number>;
}

function resultOf(finding: Finding, { rules, seen, bundles }: Around): Result {
  const { rule, severity, reason } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity === 'error' ? 'error' : 'warning',
    message: { text: remark(finding) },
    locations: [locationOf(finding, bundles)],
    partialFingerprints: { 'lockkeeper/v1': fingerprint(finding, seen) },
    ...(severity === 'waived' && {
      suppressions: [{ kind: 'inSource', status: 'accepted', ...(reason !== undefined && { justification: reason }) }],
    }),
  };
}

function locationOf(finding: Finding, bundles: Verdict['bundles']): Location {
  const { file, line } = inRepository(finding, bundles);
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region: { startLine: line } },
    ...(finding.object !== undefined && { logicalLocations: [{ fullyQualifiedName: objectName(finding.object), kind: 'resource' }] }),
  };
}

/** The same while the finding stands, wherever its lines move to. */
function fingerprint({ rule, file, bundle, object, message }: Finding, seen: Map<string, number>): string {
  const what = JSON.stringify([rule, bundle ?? file, object === undefined ? '' : objectName(object), message]);
  const times = (seen.get(what) ?? 0) + 1;
  seen.set(what, times);
  return createHash('sha256').update(`${what} ${times}`).digest('hex').slice(0, 32);
}
