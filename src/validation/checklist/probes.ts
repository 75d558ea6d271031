import type { Point } from './point.ts';
import type { Selecting, Survey } from './survey.ts';
import { listAt, textAt, valueAt } from './values.ts';
import { type Container, longRunning, type Workload } from './workload.ts';

export const probePoints = (survey: Survey): readonly Point[] => survey.workloads.flatMap((workload) => pointsOf(workload, survey));

/** Readiness says who gets requests: asked of containers that a Service leads to, and without one of those that declare a port. */
function pointsOf(workload: Workload, { servicesOf }: Survey): readonly Point[] {
  const { object, role } = workload;
  if (role === 'job') return [];
  const services = (servicesOf.get(workload) ?? []).filter((service) => servedPorts(service).length > 0);
  const containers = services.length > 0 ? behind(services, workload) : declared(workload);
  return containers
    .filter(({ value }) => !hasProbe(value))
    .map(({ name, path, value }) => ({
      rule: 'no-readiness-probe',
      object,
      path,
      message:
        services.length > 0
          ? `Container ${name} has no readinessProbe: Service ${services[0]?.object.name} sends it requests before it can answer, and a broken version rolls out as if it were fine.`
          : `Container ${name} declares ${portsText(value)} and has no readinessProbe: a broken version rolls out as if it were fine.`,
      help: 'Add a readinessProbe that asks what requests need: httpGet, grpc, tcpSocket or exec.',
    }));
}

const hasProbe = (container: unknown): boolean => (valueAt(container, 'readinessProbe') ?? undefined) !== undefined;

/** A port that is only scraped needs nobody ready: monitoring wants to see pods that are not. */
const isScraped = (port: unknown): boolean => /metrics|prometheus/.test(textAt(port, 'name'));

const servedPorts = ({ object }: Selecting): readonly unknown[] => listAt(object.value, 'spec', 'ports').filter((port) => !isScraped(port));

const ports = (container: unknown): readonly unknown[] => listAt(container, 'ports').filter((port) => !isScraped(port));

/** Of a custom kind or a bare pod nobody knows what a declared port is for. */
const declared = (workload: Workload): readonly Container[] =>
  workload.role === 'custom' || workload.role === 'pod' ? [] : longRunning(workload).filter(({ value }) => ports(value).length > 0);

/** Those that have the port that a Service leads to; where none says so, all, or none when one of them is probed. */
function behind(services: readonly Selecting[], workload: Workload): readonly Container[] {
  const targets = services.flatMap(servedPorts).map((port) => valueAt(port, 'targetPort') ?? valueAt(port, 'port'));
  const all = longRunning(workload);
  const found = all.filter(({ value }) => ports(value).some((port) => isTarget(port, targets)));
  if (found.length > 0) return found;
  return all.some(({ value }) => hasProbe(value)) ? [] : all.filter(({ role }) => role === 'container').slice(0, 1);
}

const isTarget = (port: unknown, targets: readonly unknown[]): boolean =>
  targets.includes(valueAt(port, 'containerPort')) || (textAt(port, 'name') !== '' && targets.includes(textAt(port, 'name')));

function portsText(container: unknown): string {
  const numbers = ports(container).map((port) => String(valueAt(port, 'containerPort')));
  return `port${numbers.length > 1 ? 's' : ''} ${numbers.slice(0, 5).join(', ')}`;
}
