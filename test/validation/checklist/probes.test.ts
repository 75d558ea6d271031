import { aContainer, aService, aWorkload, said } from '../../support/builders/workloads.ts';

type Fields = Readonly<Record<string, unknown>>;
const unprobed = (change: Fields = {}) => aContainer({ readinessProbe: undefined, ...change });
const workload = (containers: readonly Fields[], change: Parameters<typeof aWorkload>[0] = {}) =>
  aWorkload({ ...change, pod: { containers } });
const served = (name: string) =>
  `Container ${name} has no readinessProbe: Service web sends it requests before it can answer, and a broken version rolls out as if it were fine.`;
const open = (name: string, ports: string) =>
  `Container ${name} declares ${ports} and has no readinessProbe: a broken version rolls out as if it were fine.`;
const noPorts = { ports: undefined };
const scraped = { ports: [{ name: 'http-metrics', containerPort: 9090 }] };

test.each<[string, readonly Fields[], readonly string[]]>([
  ['a probe', [aWorkload(), aService()], []],
  ['a Service leads to it', [workload([unprobed()]), aService()], [served('web')]],
  ['a Service leads to it by number', [workload([unprobed()]), aService({ ports: [{ port: 8080 }] })], [served('web')]],
  [
    'a named port beside the one that a Service leads to',
    [workload([aContainer(), unprobed({ name: 'b', ports: [{ name: 'admin', containerPort: 1 }] })]), aService()],
    [],
  ],
  ['no port declared, yet a Service', [workload([unprobed(noPorts)]), aService()], [served('web')]],
  [
    'a sidecar that no Service leads to',
    [workload([aContainer(), unprobed({ name: 'logs', ports: [{ containerPort: 1 }] })]), aService()],
    [],
  ],
  ['a sidecar probed in its stead', [workload([unprobed(noPorts), aContainer({ name: 'proxy', ports: [] })]), aService()], []],
  [
    'a sidecar that a Service leads to',
    [aWorkload({ container: noPorts, pod: { initContainers: [unprobed({ name: 'proxy', restartPolicy: 'Always' })] } }), aService()],
    [served('proxy')],
  ],
  ['no Service, and a port', [workload([unprobed()])], [open('web', 'port 8080')]],
  ['no Service, and ports', [workload([unprobed({ ports: [{ containerPort: 1 }, { containerPort: 2 }] })])], [open('web', 'ports 1, 2')]],
  ['a worker without a port', [workload([unprobed(noPorts)])], []],
  ['a worker that is only scraped', [workload([unprobed(scraped)])], []],
  [
    'a worker that is scraped through a Service',
    [workload([unprobed(scraped)]), aService({ ports: [{ name: 'metrics', port: 9090 }] })],
    [],
  ],
  ['a Job', [workload([unprobed()], { apiVersion: 'batch/v1', kind: 'Job' }), aService()], []],
  ['a CronJob', [workload([unprobed()], { apiVersion: 'batch/v1', kind: 'CronJob' })], []],
  ['a bare pod', [workload([unprobed()], { apiVersion: 'v1', kind: 'Pod' })], []],
  ['a bare pod that a Service leads to', [workload([unprobed()], { apiVersion: 'v1', kind: 'Pod' }), aService()], [served('web')]],
  ['a DaemonSet', [workload([unprobed()], { kind: 'DaemonSet' })], [open('web', 'port 8080')]],
  [
    'a custom kind that may have a probe of its own',
    [workload([unprobed()], { apiVersion: 'serving.knative.dev/v1', kind: 'Service' })],
    [],
  ],
  ['an init container', [aWorkload({ pod: { initContainers: [unprobed({ name: 'setup' })] } }), aService()], []],
])('no-readiness-probe: %s', (_, objects, expected) => {
  expect(said('no-readiness-probe', ...objects)).toEqual(expected);
});
