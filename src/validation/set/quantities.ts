import type { Finding } from '../../domain/finding.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { Field } from './field.ts';
import { findingAt, kindOf } from './object-set.ts';
import { parseQuantity, type Quantity } from './quantity.ts';
import { containersOf, type Workload, workloadOf } from './workloads.ts';

/** Amounts that a server takes and nobody means. */
export function quantities(objects: readonly DesiredObject[]): Finding[] {
  return objects.flatMap((object) => {
    const workload = workloadOf(object);
    const value = new Field(object.value);
    return [
      ...(workload === undefined ? [] : ofPod(workload)),
      ...amountsOf(value, kindOf(object)).flatMap((amounts) => ofBytes(object, amounts)),
    ];
  });
}

function ofPod({ object, pod }: Workload): Finding[] {
  const volumes = pod
    .at('volumes')
    .items.flatMap((volume) => [
      ...thousandths(object, volume.at('emptyDir', 'sizeLimit')),
      ...ofBytes(object, volume.at('ephemeral', 'volumeClaimTemplate', 'spec', 'resources', 'requests')),
    ]);
  return [...volumes, ...[pod, ...containersOf(pod)].flatMap((part) => ofResources(object, part.at('resources')))];
}

/** Mappings from the name of a resource to an amount, outside pods. */
function amountsOf(value: Field, kind: string): readonly Field[] {
  const spec = value.at('spec');
  const requests = ['resources', 'requests'];
  switch (kind) {
    case 'PersistentVolumeClaim':
      return [spec.at(...requests)];
    case 'PersistentVolume':
      return [spec.at('capacity')];
    case 'apps/StatefulSet':
      return spec.at('volumeClaimTemplates').items.map((template) => template.at('spec', ...requests));
    case 'ResourceQuota':
      return [spec.at('hard')];
    case 'LimitRange':
      return spec.at('limits').items.flatMap((limit) => ['max', 'min', 'default', 'defaultRequest'].map((key) => limit.at(key)));
    default:
      return [];
  }
}

const isBytes = (resource: string): boolean => /(?:^|[.-])(?:memory|storage)$/.test(resource) || resource.startsWith('hugepages-');

const ofBytes = (object: DesiredObject, amounts: Field): Finding[] =>
  amounts.entries.flatMap(([resource, amount]) => (isBytes(resource) ? thousandths(object, amount) : []));

const mebibyte = 2 ** 20;

/** Kubernetes itself writes large fractions this way (`1717986918400m` for 1.6Gi); only what comes to next to nothing was meant otherwise. */
function thousandths(object: DesiredObject, amount: Field): Finding[] {
  const quantity = parseQuantity(amount.value);
  if (quantity === undefined || !['m', 'u', 'n'].includes(quantity.suffix) || !isTiny(quantity)) return [];
  const written = String(amount.value);
  return [
    findingAt(object, amount.path, {
      severity: 'error',
      rule: 'memory-unit',
      message: `${amount.path.slice(-2).join('.')} is ${written}, which is less than a byte or a few: m means thousandths.`,
      help: `Write ${written.slice(0, -1)}Mi for mebibytes.`,
    }),
  ];
}

const isTiny = ({ value }: Quantity): boolean => value > 0 && value < mebibyte;

function ofResources(object: DesiredObject, resources: Field): Finding[] {
  const [limits, requests] = [resources.at('limits'), resources.at('requests')];
  return [
    ...[limits, requests].flatMap((amounts) => ofBytes(object, amounts)),
    ...[limits, requests].flatMap((amounts) => withoutUnit(object, amounts.at('memory'))),
    ...cores(object, limits.at('cpu'), requests.at('cpu')),
  ];
}

/** No container starts in less than a mebibyte: `memory: 512` is half a kibibyte. */
function withoutUnit(object: DesiredObject, memory: Field): Finding[] {
  const quantity = parseQuantity(memory.value);
  if (quantity === undefined || !['', 'k', 'Ki'].includes(quantity.suffix) || !isTiny(quantity)) return [];
  return [
    findingAt(object, memory.path, {
      severity: memory.path.includes('limits') ? 'error' : 'warning',
      rule: 'memory-unit',
      message: `${memory.path.slice(-2).join('.')} is ${String(memory.value)}, which is ${Math.ceil(quantity.value)} bytes: no container runs in so little.`,
      help: 'Write the unit: Mi for mebibytes, Gi for gibibytes.',
    }),
  ];
}

/** More cores than most machines have, and that many times what is requested. */
const manyCores = 50;
/** More than any machine has. */
const allCores = 1000;

function cores(object: DesiredObject, limit: Field, request: Field): Finding[] {
  const [most, least] = [parseQuantity(limit.value), parseQuantity(request.value)];
  const absurdLimit = most !== undefined && least !== undefined && most.value >= manyCores && most.value >= manyCores * least.value;
  return [
    ...(absurdLimit && least.value > 0 ? inCores(object, limit, `with ${String(request.value)} requested`) : []),
    ...(least !== undefined && least.value >= allCores ? inCores(object, request, 'more than a machine has') : []),
  ];
}

const inCores = (object: DesiredObject, cpu: Field, why: string): Finding[] => [
  findingAt(object, cpu.path, {
    severity: 'warning',
    rule: 'cpu-unit',
    message: `${cpu.path.slice(-2).join('.')} is ${String(cpu.value)} whole cores, ${why}.`,
    help: `Write ${String(cpu.value)}m for thousandths of a core.`,
  }),
];
