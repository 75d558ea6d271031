import { setImmediate } from 'node:timers/promises';
import type { ApiServer } from '../domain/cluster.ts';
import type { Finding } from '../domain/finding.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';
import { type DesiredObject, type DesiredState, unreachable } from '../manifests/desired-object.ts';
import { workloadFindings } from './checklist/check-workloads.ts';
import { waiveAll } from './checklist/waivers.ts';
import { existingIn } from './existing.ts';
import { byPlace, type Verdict } from './outcome.ts';
import { setFindings } from './set/check-set.ts';
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
  const { own, findings, kubernetes, known } = await judged(ports, candidate, settings, signal);
  return {
    environment,
    ...(commit !== undefined && { commit }),
    objects: state.objects,
    findings: [...state.findings, ...emptied(candidate), ...own, ...findings].toSorted(byPlace),
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
export async function ownFindings(
  { objects, complete }: DesiredState,
  { checklist = {}, registries }: ValidationSettings,
  known?: Known,
): Promise<Verdict['findings']> {
  const ofSet = setFindings(objects, complete ? known : { has: () => true });
  const ofWorkloads = workloadFindings(objects, { settings: checklist, registries, complete });
  const found: Verdict['findings'][] = [];
  for (const rules of [ofSet, ofWorkloads])
    for (const findings of rules) {
      found.push(findings);
      await setImmediate(); // each rule is a long step: others that wait for a reply get their turn
    }
  return found.flat();
}

type Judged = Pick<Verdict, 'findings' | 'kubernetes' | 'known'> & { readonly own: Verdict['findings'] };

/** Our own rules are gone through while the server judges. */
async function judged(
  ports: ValidationPorts,
  { environment, state, previous }: Candidate,
  settings: ValidationSettings,
  signal: AbortSignal,
): Promise<Judged> {
  if (state.objects.length === 0) return { own: [], findings: [] };
  const { definitions, missingDefinitions = 'warning', checklist = {} } = settings;
  const given = definitions === undefined ? [] : await ports.definitions(definitions);
  const lease = await ports.lease(settings, signal);
  try {
    const of = { objects: state.objects, ...(previous !== undefined && { previous: previous.objects }) };
    const { known, definitions: found = [] } =
      lease.cluster === undefined
        ? {}
        : await existingIn(lease.cluster, { environment, state }, { by: lease.server, definitions: given }, signal);
    const verdict = { missingDefinitions, definitions: [...found, ...given], checklist, known };
    const busy = Promise.withResolvers<void>();
    const meanwhile = busy.promise.then(() => ownFindings(state, settings, known));
    const [findings, own] = await Promise.all([judge(of, lease.server, verdict, signal, busy.resolve), meanwhile]);
    return { own, findings: waiveAll(findings, state.objects), kubernetes: lease.version, ...(known !== undefined && { known }) };
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
