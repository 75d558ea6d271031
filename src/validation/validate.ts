import type { ApiServer } from '../domain/cluster.ts';
import type { Finding } from '../domain/finding.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';
import { type DesiredObject, type DesiredState, unreachable } from '../manifests/desired-object.ts';
import { checkWorkloads } from './checklist/check-workloads.ts';
import { waiveAll } from './checklist/waivers.ts';
import { existingIn } from './existing.ts';
import { byPlace, type Verdict } from './outcome.ts';
import { checkSet } from './set/check-set.ts';
import type { Known } from './set/dangling.ts';
import { judge } from './verdict/judge.ts';

/** An API server that is ours until it is released. */
export interface Lease {
  readonly server: ApiServer;
  /** Of Kubernetes: `1.36.3`. */
  readonly version: string;
  /** The environment's own cluster, where it has one. */
  readonly cluster?: ApiServer;
  release(): void;
}

export interface ValidationPorts {
  /** One that judges as that version does, else as the cluster does, else as it is. Throws OutsideError where none can be had, saying what to do. */
  lease(of: Pick<ValidationSettings, 'kubernetes' | 'cluster'>, signal: AbortSignal): Promise<Lease>;
  /** The CustomResourceDefinitions in a folder. Throws UsageError. */
  definitions(folder: string): Promise<readonly DesiredObject[]>;
  /** Milliseconds, of a clock that only goes forward. */
  clock(): number;
}

export interface ValidationSettings extends ValidationRules {
  /** Hosts of registries that app.yml names. */
  readonly registries: readonly string[];
  /** Name of the cluster that the environment describes. */
  readonly cluster?: string;
  /** Name of the cluster that judges; absent where a server of our own does. */
  readonly judge?: string;
}

export interface Candidate {
  readonly environment: string;
  readonly commit?: string;
  readonly state: DesiredState;
  /** What is there already: what may not be changed is found by it. */
  readonly previous?: DesiredState;
}

/**
 * Judges all that an environment wants: by the API server, as a set, and by the checklist. Problems are findings, all at once.
 * Throws OutsideError when there is no server to ask, and the reason of the signal when it is aborted.
 */
export async function validateEnvironment(
  ports: ValidationPorts,
  candidate: Candidate,
  settings: ValidationSettings,
  signal: AbortSignal,
): Promise<Verdict> {
  const began = ports.clock();
  const { environment, commit, state } = candidate;
  const { findings, kubernetes, known } = await judged(ports, candidate, settings, signal);
  const own = [...emptied(candidate), ...ownFindings(state, settings, known)];
  return {
    environment,
    ...(commit !== undefined && { commit }),
    objects: state.objects,
    findings: [...state.findings, ...own, ...findings].toSorted(byPlace),
    ...(kubernetes !== undefined && { kubernetes }),
    ...(known !== undefined && { known }),
    seconds: (ports.clock() - began) / 1000,
    complete: !state.findings.some(({ rule }) => rule === unreachable),
    bundles: state.bundles,
  };
}

/**
 * What we find by ourselves. Where part of the environment could not be read, nothing can be said to be missing. `known`: what its cluster
 * has, where it was asked.
 */
export function ownFindings(
  { objects, complete }: DesiredState,
  { checklist = {}, registries }: ValidationSettings,
  known?: Known,
): Verdict['findings'] {
  return [
    ...checkSet(objects, complete ? known : { has: () => true }),
    ...checkWorkloads(objects, { settings: checklist, registries, complete }),
  ];
}

async function judged(
  ports: ValidationPorts,
  { environment, state, previous }: Candidate,
  settings: ValidationSettings,
  signal: AbortSignal,
): Promise<Pick<Verdict, 'findings' | 'kubernetes' | 'known'>> {
  if (state.objects.length === 0) return { findings: [] };
  const { definitions, missingDefinitions = 'warning', checklist = {} } = settings;
  const given = definitions === undefined ? [] : await ports.definitions(definitions);
  const lease = await ports.lease(settings, signal);
  try {
    const of = { objects: state.objects, ...(previous !== undefined && { previous: previous.objects }) };
    const { known, definitions: found = [] } =
      lease.cluster === undefined
        ? {}
        : await existingIn(lease.cluster, { environment, state }, { by: lease.server, definitions: given }, signal);
    const findings = await judge(of, lease.server, { missingDefinitions, definitions: [...found, ...given], checklist, known }, signal);
    return { findings: waiveAll(findings, state.objects), kubernetes: lease.version, ...(known !== undefined && { known }) };
  } finally {
    lease.release();
  }
}

/** No server is asked then, and a deployment that wants nothing prunes nothing: it is hardly what was meant. */
function emptied({ state: { objects, findings }, previous }: Candidate): Finding[] {
  const gone = previous?.objects.length ?? 0;
  if (objects.length > 0 || gone === 0 || findings.some(({ severity }) => severity === 'error')) return [];
  const message = `nothing is left: ${gone === 1 ? 'the only object' : `all ${gone} objects`} of the target branch would be gone`;
  const help = 'to give an environment up, take it out of app.yml: one that wants nothing prunes nothing';
  return [{ file: 'environment.yml', line: 1, severity: 'error', rule: 'environment', message, help }];
}
