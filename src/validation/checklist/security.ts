import type { Field } from '../set/field.ts';
import type { Point } from './point.ts';
import type { Survey } from './survey.ts';
import { type Container, sentence, type Workload } from './workload.ts';

/** Held against what the kubelet does: a container's security context goes before its pod's. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const securityPoints = (survey: Survey): readonly Point[] =>
  survey.workloads.flatMap((workload) => [
    ...workload.containers.flatMap((container) => privileged(container, workload)),
    ...hostNamespaces(workload),
    // On Windows there is neither a user 0 nor a root that could be read-only.
    ...(workload.pod.at('os', 'name').text === 'windows' ? [] : [...root(workload), ...writableRoot(workload)]),
  ]);

function privileged({ name, field }: Container, { object }: Workload): readonly Point[] {
  const { path, value } = field.at('securityContext', 'privileged');
  if (value !== true) return [];
  return [
    {
      rule: 'privileged',
      object,
      path,
      message: `Container ${name} is privileged: whoever breaks into it has the whole node.`,
      help: 'Take privileged away; if it needs one right of root, add that capability alone.',
    },
  ];
}

const shared = { hostNetwork: "the node's network", hostPID: "all of the node's processes", hostIPC: "the node's shared memory" };

function hostNamespaces({ object, pod }: Workload): readonly Point[] {
  return Object.entries(shared)
    .filter(([name]) => pod.at(name).value === true)
    .map(([name, what]) => ({
      rule: 'host-namespaces',
      object,
      path: pod.at(name).path,
      message: `${name} is true: its containers see ${what}.`,
      help: `Take ${name} away${name === 'hostNetwork' ? '; for a port on the node, a Service or hostPort is enough' : ''}.`,
    }));
}

/** In a user namespace of its own a pod's root is nobody on the node. https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/ */
function root({ object, pod, containers }: Workload): readonly Point[] {
  if (pod.at('hostUsers').value === false) return [];
  const point = { rule: 'runs-as-root', object } as const;
  const asRoot = containers
    .filter((container) => effective('runAsUser', container, pod).value === 0)
    .map((container) => ({
      ...point,
      path: effective('runAsUser', container, pod).path,
      message: `Container ${container.name} runs as user 0, root.`,
      help: 'Set runAsUser to the number of a user other than 0, one that the image is made for.',
    }));
  const unsaid = containers.filter(
    (container) =>
      effective('runAsUser', container, pod).wholeNumber === undefined && effective('runAsNonRoot', container, pod).value !== true,
  );
  if (unsaid.length === 0) return asRoot;
  return [
    ...asRoot,
    {
      ...point,
      path: pod.at('securityContext', 'runAsNonRoot').path,
      message: `Nothing keeps container${unsaid.length > 1 ? 's' : ''} ${sentence(unsaid.map(({ name }) => name))} from running as root.`,
      help: "Set runAsNonRoot to true in the pod's securityContext, and runAsUser if the image names its user by name.",
    },
  ];
}

function effective(name: string, { field }: Container, pod: Field): Field {
  const own = field.at('securityContext', name);
  return own.isThere ? own : pod.at('securityContext', name);
}

const writableRoot = ({ object, containers }: Workload): readonly Point[] =>
  containers
    .filter(({ field }) => field.at('securityContext', 'readOnlyRootFilesystem').value !== true)
    .map(({ name, field }) => ({
      rule: 'writable-root',
      object,
      path: field.at('securityContext', 'readOnlyRootFilesystem').path,
      message: `Container ${name} may write to its own file system: an intruder can change its program, and logs fill the node's disk.`,
      help: 'Set securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where it must write, such as /tmp.',
    }));
