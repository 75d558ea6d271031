import type { DeployReport } from '../domain/deployment.ts';
import { DeployRun } from './deploy-run.ts';
import { type LeaseOptions, withLease } from './lock/lease.ts';
import type { Holder } from './lock/lease-record.ts';
import { nextRun } from './lock/run-id.ts';
import type { DeployPorts, WantedRun } from './ports.ts';
import { refusedByState } from './refusals.ts';
import { refused, reportOf } from './run-report.ts';

/**
 * Makes the cluster what the environment wants: under the lock, all is looked at and tried first, so that what can be refused is before the
 * first write; then it is applied, what is left over is pruned, and rollouts are waited for. Throws OutsideError where the lock cannot be had,
 * and where the cluster does not answer before the run's begin was recorded; the reason of `signal`, too, until then. From then on all is in
 * the report.
 */
export async function deployEnvironment(ports: DeployPorts, wanted: WantedRun, signal: AbortSignal): Promise<DeployReport> {
  const began = ports.now();
  const took = (): number => ports.now().getTime() - began.getTime();
  const refusals = refusedByState(wanted.environment, wanted.formerly, wanted.state);
  if (refusals.length > 0) return reportOf(wanted, nextRun(began, undefined), took(), refused(refusals));
  const waited: string[] = [];
  ports.progress.phase('lock', 1);
  return withLease(ports.server, wanted.environment, lockOf(ports, wanted, waited), signal, async (held, either) => {
    ports.progress.done(`the lock of ${wanted.environment}`);
    const done = await new DeployRun(ports, wanted, held, either).carryOut();
    const report = reportOf(wanted, held.run, took(), { ...done, notes: [...waited, ...done.notes] });
    if (report.outcome === 'succeeded') held.succeeded();
    return report;
  });
}

function lockOf(ports: DeployPorts, { environment, repository, commit, patienceMs }: WantedRun, waited: string[]): LeaseOptions {
  return {
    holder: ports.holder,
    repository,
    commit,
    patienceMs,
    ...ports.lock,
    warn: ports.warn,
    onWait: ({ name, since }: Holder) => {
      const who = since === '' ? name : `${name}, since ${since}`;
      waited.push(`Another run had the lock, and was waited for: ${who}.`);
      ports.warn(`${environment}: another run has the lock, and is waited for: ${who}`);
    },
  };
}
