import { Field } from '../set/field.ts';
import type { Point } from './point.ts';
import type { Selecting, Survey } from './survey.ts';
import { type Container, longRunning, type Workload } from './workload.ts';

export const probePoints = (survey: Survey): readonly Point[] => survey.workloads.flatMap((workload) => pointsOf(workload, survey));

/** Readiness says who gets requests: asked of containers that a Service leads to, and without one of those that declare a port. */
function pointsOf(workload: Workload, { servicesOf }: Survey): readonly Point[] {
  const { object, role } = workload;
  if (role === 'job') return [];
  const [service, ...others] = (servicesOf.get(workload) ?? []).filter((one) => servedPorts(one).length > 0);
  const containers = service === undefined ? declared(workload) : behind([service, ...others], workload);
  return containers
    .filter((container) => !isProbed(container))
    .map(({ name, field }) => ({
      rule: 'no-readiness-probe',
      object,
      path: field.path,
      message:
        service === undefined
          ? `Container ${name} declares ${portsText(field)} and has no readinessProbe: a broken version rolls out as if it were fine.`
          : `Container ${name} has no readinessProbe: Service ${service.object.name} sends it requests before it can answer, and a broken version rolls out as if it were fine.`,
      help: 'Add a readinessProbe that asks what requests need: httpGet, grpc, tcpSocket or exec.',
    }));
}

const isProbed = ({ field }: Container): boolean => field.at('readinessProbe').isThere;

/** A port that is only scraped needs nobody ready: monitoring wants to see pods that are not. */
const isServed = (port: Field): boolean => !/metrics|prometheus/.test(port.at('name').text);

const servedPorts = ({ object }: Selecting): readonly Field[] => new Field(object.value).at('spec', 'ports').items.filter(isServed);

const portsOf = (container: Field): readonly Field[] =>
  container.at('ports').items.filter((port) => isServed(port) && port.at('containerPort').wholeNumber !== undefined);

/** Of a custom kind or a bare pod nobody knows what a declared port is for. */
const declared = (workload: Workload): readonly Container[] =>
  workload.role === 'custom' || workload.role === 'pod' ? [] : longRunning(workload).filter(({ field }) => portsOf(field).length > 0);

/** Those that have the port that a Service leads to; where none says so, the first, or none when one of them is probed. */
function behind(services: readonly Selecting[], workload: Workload): readonly Container[] {
  const ports = services.flatMap(servedPorts);
  const targets = new Set(ports.map((port) => (port.at('targetPort').isThere ? port.at('targetPort').value : port.at('port').value)));
  const all = longRunning(workload);
  const found = all.filter(({ field }) => portsOf(field).some((port) => isTarget(port, targets)));
  if (found.length > 0) return found;
  return all.some(isProbed) ? [] : all.filter(({ role }) => role === 'container').slice(0, 1);
}

const isTarget = (port: Field, targets: ReadonlySet<unknown>): boolean =>
  targets.has(port.at('containerPort').value) || (port.at('name').text !== '' && targets.has(port.at('name').text));

function portsText(container: Field): string {
  const numbers = portsOf(container).map((port) => port.at('containerPort').wholeNumber);
  return `port${numbers.length > 1 ? 's' : ''} ${numbers.slice(0, 5).join(', ')}`;
}
