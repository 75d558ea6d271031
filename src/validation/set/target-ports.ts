import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import type { Controllers } from './controllers.ts';
import { Field } from './field.ts';
import { findingAt, namespaceOf, spoken, spokenNear, spokenPlace } from './object-set.ts';
import { type PodIndex, plainSelector } from './selectors.ts';
import { containersOf, type Workload } from './workloads.ts';

/** A Service's `targetPort: http` where none of the pods that it selects has a port of that name: it then has no endpoints. */
export function danglingTargetPorts(services: readonly DesiredObject[], pods: PodIndex, controllers: Controllers): Finding[] {
  return services.flatMap((service) => {
    const spec = new Field(service.value).at('spec');
    const named = spec
      .at('ports')
      .items.map((port) => port.at('targetPort'))
      .filter(({ text }) => text !== '');
    const selector = plainSelector(spec.at('selector'));
    if (named.length === 0 || selector === undefined) return [];
    const selected = [...pods.selected(namespaceOf(service), selector)];
    const [first] = selected;
    if (first === undefined) return [];
    const there = new Set(selected.flatMap(portNames));
    return named
      .filter(({ text }) => !there.has(text))
      .map((port) =>
        findingAt(service, port.path, {
          severity: controllers.mayMake(service) ? 'warning' : 'error',
          rule: 'dangling-reference',
          message: `${spoken(service)} forwards to the port named ${port.text}, which none of the containers of ${spokenNear(first.object, service)} has (${spokenPlace(first.object, first.pod.at('containers').path)}).`,
          help: 'Name the container’s port so, or give targetPort its number.',
        }),
      );
  });
}

const portNames = ({ pod }: Workload): string[] =>
  containersOf(pod).flatMap((container) => container.at('ports').items.map((port) => port.at('name').text));
