import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { sentence, textAt, valueAt, wholeAt } from './values.ts';
import type { Container, Workload } from './workload.ts';

/** Held against what the kubelet does: a container's security context goes before its pod's. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const securityPoints = (survey: Survey): readonly Point[] =>
  survey.workloads.flatMap((workload) => [
    ...workload.containers.flatMap((container) => privileged(container, workload)),
    ...hostNamespaces(workload),
    // On Windows there is neither a user 0 nor a root that could be read-only.
    ...(textAt(workload.spec, 'os', 'name') === 'windows' ? [] : [...root(workload), ...writableRoot(workload)]),
  ]);

function privileged({ name, path, value }: Container, { object }: Workload): readonly Point[] {
  if (valueAt(value, 'securityContext', 'privileged') !== true) return [];
  return [
    {
      rule: 'privileged',
      object,
      path: [...path, 'securityContext', 'privileged'],
      message: `Container ${name} is privileged: whoever breaks into it has the whole node.`,
      help: 'Take privileged away; if it needs one right of root, add that capability alone.',
    },
  ];
}

const shared = { hostNetwork: "the node's network", hostPID: "all of the node's processes", hostIPC: "the node's shared memory" };

function hostNamespaces({ object, spec, specPath }: Workload): readonly Point[] {
  return Object.entries(shared)
    .filter(([field]) => valueAt(spec, field) === true)
    .map(([field, what]) => ({
      rule: 'host-namespaces',
      object,
      path: [...specPath, field],
      message: `${field} is true: its containers see ${what}.`,
      help: `Take ${field} away${field === 'hostNetwork' ? '; for a port on the node, a Service or hostPort is enough' : ''}.`,
    }));
}

/** In a user namespace of its own a pod's root is nobody on the node. https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/ */
function root(workload: Workload): readonly Point[] {
  const { object, spec, specPath, containers } = workload;
  if (valueAt(spec, 'hostUsers') === false) return [];
  const unsaid = containers.filter((container) => userOf(container, spec) === undefined && !isNonRoot(container, spec));
  const point = { rule: 'runs-as-root', object } as const;
  const asRoot = containers
    .filter((container) => userOf(container, spec) === 0)
    .map(({ name, path, value }) => ({
      ...point,
      path: [...(wholeAt(value, 'securityContext', 'runAsUser') === 0 ? path : specPath), 'securityContext', 'runAsUser'],
      message: `Container ${name} runs as user 0, root.`,
      help: 'Set runAsUser to the number of a user other than 0, one that the image is made for.',
    }));
  if (unsaid.length === 0) return asRoot;
  const names = unsaid.map(({ name }) => name);
  return [
    ...asRoot,
    {
      ...point,
      path: [...specPath, 'securityContext', 'runAsNonRoot'],
      message: `Nothing keeps container${names.length > 1 ? 's' : ''} ${sentence(names)} from running as root.`,
      help: "Set runAsNonRoot to true in the pod's securityContext, and runAsUser if the image names its user by name.",
    },
  ];
}

const userOf = ({ value }: Container, spec: unknown): number | undefined =>
  wholeAt(value, 'securityContext', 'runAsUser') ?? wholeAt(spec, 'securityContext', 'runAsUser');

const isNonRoot = ({ value }: Container, spec: unknown): boolean =>
  (valueAt(value, 'securityContext', 'runAsNonRoot') ?? valueAt(spec, 'securityContext', 'runAsNonRoot')) === true;

const writableRoot = ({ object, containers }: Workload): readonly Point[] =>
  containers
    .filter(({ value }) => valueAt(value, 'securityContext', 'readOnlyRootFilesystem') !== true)
    .map(({ name, path }) => ({
      rule: 'writable-root',
      object,
      path: [...path, 'securityContext', 'readOnlyRootFilesystem'],
      message: `Container ${name} may write to its own file system: an intruder can change its program, and logs fill the node's disk.`,
      help: 'Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it must write, such as /tmp.',
    }));
