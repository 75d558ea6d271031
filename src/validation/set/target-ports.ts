import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Controllers } from './controllers.ts';
import { Field } from './field.ts';
import { findingAt, namespaceOf, spoken, spokenNear, spokenPlace } from './object-set.ts';
import { PodIndex, plainSelector } from './selectors.ts';
import { containersOf, type Workload } from './workloads.ts';

/** A Service's `targetPort: http` where none of the pods that it selects has a port of that name: it then has no endpoints. */
export function danglingTargetPorts(
  services: readonly DesiredObject[],
  workloads: readonly Workload[],
  controllers: Controllers,
): Finding[] {
  const pods = new PodIndex(workloads);
  const names = new Map(workloads.map((workload) => [workload, portNames(workload)]));
  return services.flatMap((service) => {
    const spec = new Field(service.value).at('spec');
    const ports = spec
      .at('ports')
      .items.map((port) => port.at('targetPort'))
      .filter(({ text }) => text !== '');
    const selector = plainSelector(spec.at('selector'));
    if (ports.length === 0 || selector === undefined) return [];
    const selected = [...pods.selected(namespaceOf(service), selector)];
    return ports
      .filter(({ text }) => selected.length > 0 && !selected.some((workload) => names.get(workload)?.has(text)))
      .flatMap((port) => selected.slice(0, 1).map(({ object }) => dangling(service, port, object, controllers)));
  });
}

function dangling(service: DesiredObject, port: Field, target: DesiredObject, controllers: Controllers): Finding {
  const pod = `${spokenNear(target, service)} (${spokenPlace(target, ['metadata', 'name'])})`;
  return findingAt(service, port.path, {
    severity: controllers.mayMake(service) ? 'warning' : 'error',
    rule: 'dangling-reference',
    message: `${spoken(service)} forwards to the port named ${port.text}, which no container of ${pod} has.`,
    help: 'Name the container’s port so, or give targetPort its number.',
  });
}

const portNames = ({ pod }: Workload): ReadonlySet<string> =>
  new Set(containersOf(pod).flatMap((container) => container.at('ports').items.map((port) => port.at('name').text)));
