import { createHash } from 'node:crypto';
import { record } from '../../manifests/objects.ts';
import { nextRun } from './run-id.ts';

/** Where the locks of all environments of a cluster are; made when it is missing, and of no environment. */
export const lockNamespace = 'lockkeeper-system';

/** Kept when the lock is let go: what ran last. */
const annotations = {
  run: 'lockkeeper.dev/run',
  repository: 'lockkeeper.dev/repository',
  commit: 'lockkeeper.dev/commit',
} as const;

/** The last run that went well. */
const succeededAnnotation = 'lockkeeper.dev/succeeded';

/** A Lease as the server gave it: anybody who may write Leases may have written anything into it. */
export type LeaseObject = Readonly<Record<string, unknown>>;

/** Who has the lock of an environment. */
export interface Holder {
  /** Empty where nobody has it. Text from outside. */
  readonly name: string;
  /** When it got it, as it says itself; empty where it does not say. */
  readonly since: string;
}

/** What a run writes into the lock of its environment. */
export interface LeaseClaim {
  readonly environment: string;
  /** Unique to the run. */
  readonly holder: string;
  readonly repository?: string | undefined;
  readonly commit?: string | undefined;
  readonly durationMs: number;
}

/** An environment's name is a label's value; what of that is no name of an object is hashed. */
export function leaseName(environment: string): string {
  const plain = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(environment) && !/\.\.|\.-|-\.|--/.test(environment);
  if (plain) return `lockkeeper-${environment}`;
  const readable = environment.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return ['lockkeeper', ...readable].join('-').concat('--', createHash('sha256').update(environment).digest('hex').slice(0, 10));
}

const longestText = 200;
const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, longestText) : '');

export function holderOf(lease: LeaseObject): Holder {
  const { holderIdentity, acquireTime } = record(lease['spec']);
  return { name: text(holderIdentity), since: text(acquireTime) };
}

/** Another text once the holder has renewed it, or is another one. What else changes in a Lease is no sign of life. */
export function signOfLife(lease: LeaseObject): string {
  const { holderIdentity, acquireTime, renewTime } = record(lease['spec']);
  return JSON.stringify([text(holderIdentity), text(acquireTime), text(renewTime)]);
}

/** How long the holder may be silent. Milliseconds; what it says itself counts within bounds: nobody locks an environment for ever. */
export function silenceOf(lease: LeaseObject, durationMs: number): number {
  const { leaseDurationSeconds } = record(lease['spec']);
  const own = typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1000 : 0;
  return Math.min(Math.max(own, durationMs), durationMs * 4);
}

/** Whether it is held by that very run. */
export const isHeldBy = (lease: LeaseObject, holder: string): boolean => record(lease['spec'])['holderIdentity'] === holder;

/** The run that has it, or had it last. */
export const runOf = (lease: LeaseObject): string | undefined => {
  const run = record(record(lease['metadata'])['annotations'])[annotations.run];
  return typeof run === 'string' ? run : undefined;
};

/** The Lease of a run that begins now; over the one that stands there, if one does. What others wrote on it stays. */
export function claimed(standing: LeaseObject | undefined, claim: LeaseClaim, now: Date): LeaseObject {
  const { environment, holder, repository, commit, durationMs } = claim;
  const metadata = record(standing?.['metadata']);
  const { leaseTransitions } = record(standing?.['spec']);
  const transitions = typeof leaseTransitions === 'number' ? leaseTransitions : -1;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      ...metadata,
      name: leaseName(environment),
      namespace: lockNamespace,
      annotations: {
        ...Object.fromEntries(Object.entries(record(metadata['annotations'])).filter(([key]) => !own.has(key))),
        [annotations.run]: nextRun(now, standing && runOf(standing)),
        ...(repository !== undefined && { [annotations.repository]: repository }),
        ...(commit !== undefined && { [annotations.commit]: commit }),
      },
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(durationMs / 1000)),
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: Math.min(transitions + 1, 2 ** 31 - 1),
    },
  };
}

const own: ReadonlySet<string> = new Set(Object.values(annotations));

export const renewed = (lease: LeaseObject, now: Date): LeaseObject => ({
  ...lease,
  spec: { ...record(lease['spec']), renewTime: microTime(now) },
});

/** Nobody's, from now on; what ran last, and whether that went well, stays to be read. */
export const released = (lease: LeaseObject, now: Date, succeeded = false): LeaseObject => {
  const { holderIdentity: _, ...spec } = record(lease['spec']);
  const metadata = record(lease['metadata']);
  const run = runOf(lease);
  const annotated =
    succeeded && run !== undefined
      ? { metadata: { ...metadata, annotations: { ...record(metadata['annotations']), [succeededAnnotation]: run } } }
      : {};
  return { ...lease, ...annotated, spec: { ...spec, renewTime: microTime(now) } };
};

/** What a Lease says of the run that had it last. */
export interface LeasedRun {
  readonly run: string;
  /** `FORGE:PATH`; absent, as the commit, for a folder as it lay there. */
  readonly repository?: string;
  readonly commit?: string;
  /** It is over, and went well. */
  readonly succeeded: boolean;
}

/** Undefined where none is named. */
export function leasedRun(lease: LeaseObject): LeasedRun | undefined {
  const run = runOf(lease);
  if (run === undefined) return undefined;
  const said = record(record(lease['metadata'])['annotations']);
  const [repository, commit] = [text(said[annotations.repository]), text(said[annotations.commit])];
  return {
    run,
    ...(repository !== '' && { repository }),
    ...(commit !== '' && { commit }),
    succeeded: said[succeededAnnotation] === run && holderOf(lease).name === '',
  };
}

/** The API server reads exactly six digits of a second. */
const microTime = (now: Date): string => now.toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
