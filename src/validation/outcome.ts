import type { Finding, ObjectId, Place } from '../domain/finding.ts';
import { count } from '../domain/wording.ts';
import type { Known } from './set/dangling.ts';

/** One object that was looked at. */
export interface Judged extends ObjectId {
  readonly place: Place;
}

/** What validation says of an environment at a commit. */
export interface Verdict {
  readonly environment: string;
  /** Absent for a folder: what lies there may be no commit. */
  readonly commit?: string;
  /** In the order of the environment. */
  readonly objects: readonly Judged[];
  /** By file and line. */
  readonly findings: readonly Finding[];
  /** Version of the API server that judged, `1.36.3`; absent where there was nothing to ask one. */
  readonly kubernetes?: string;
  /** What the environment's cluster has of what was looked for there; absent without a cluster. */
  readonly known?: Known;
  readonly seconds: number;
  /** False when something could not be fetched, and so was not judged: `findings` says what. */
  readonly complete: boolean;
  /** Line in environment.yml of each bundle, by its URL without credentials. */
  readonly bundles: ReadonlyMap<string, number>;
}

/** unknown: not everything could be looked at, so nobody may take it for a yes. */
export type Outcome = 'accepted' | 'rejected' | 'unknown';

export function outcomeOf({ complete, findings }: Pick<Verdict, 'complete' | 'findings'>): Outcome {
  if (!complete) return 'unknown';
  return findings.some(({ severity }) => severity === 'error') ? 'rejected' : 'accepted';
}

/** `1 error, 1 warning`; `no errors` without either. */
export function tally(findings: readonly Finding[]): string {
  const of = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const told = [[of('error'), 'error'] as const, [of('warning'), 'warning'] as const].filter(([number]) => number > 0);
  return told.length === 0 ? 'no errors' : told.map(([number, noun]) => count(number, noun)).join(', ');
}

/** `41 objects against Kubernetes 1.36 in 0.9 s` */
export function measured({ objects, kubernetes, seconds }: Pick<Verdict, 'objects' | 'kubernetes' | 'seconds'>): string {
  const server = kubernetes === undefined ? '' : ` against Kubernetes ${minorOf(kubernetes)}`;
  return `${count(objects.length, 'object')}${server} in ${seconds.toFixed(1)} s`;
}

const minorOf = (version: string): string => /^v?(\d+\.\d+)/.exec(version)?.[1] ?? version;

/** Text, not locale, decides: the same order on every machine. */
export const byPlace = (one: Finding, other: Finding): number =>
  compare(one.file, other.file) || one.line - other.line || compare(one.rule, other.rule) || compare(one.message, other.message);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** An environment that there is no verdict of, and why. */
export interface NoVerdict {
  readonly environment: string;
  readonly message: string;
}
