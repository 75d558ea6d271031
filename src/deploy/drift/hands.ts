/** A field manager as an object's managedFields, or a conflict, names it. https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface FieldManager {
  readonly manager: string;
  /** `scale`, `status`; absent for the object itself. */
  readonly subresource?: string | undefined;
}

/** In which people click or type. A program that gives no name of its own is known by the first word of its user agent. */
const programs = new Set([
  'k9s',
  'dashboard', // Kubernetes Dashboard up to v2
  'kubernetes-dashboard-api',
  'headlamp-server',
  'Lens',
  'OpenLens',
  'Freelens',
  'node-fetch', // Lens's own requests
  'octant',
  'Mozilla', // pages that hand a browser's requests on: Headlamp, Rancher, the OpenShift console
  'curl',
]);

const signals = /^metadata\.(?:annotations|labels)\.lockkeeper\.dev\/|\.metadata\.annotations\.kubectl\.kubernetes\.io\/restartedAt$/;

/** What people write on live objects for us, and `kubectl rollout restart` for the pods: no change of what is wanted. */
export const isSignal = (path: string): boolean => signals.test(path);

/**
 * Whether a value that a person has put beside ours stays, whatever may be set back. A number of replicas that the repository leaves out may be
 * what keeps an application up.
 */
export const isSpared = (path: string): boolean => isSignal(path) || path === 'spec.replicas' || /^status(?:\.|$)/.test(path);

/** kubectl's ways to deploy, which a deployment migrates from. */
const deploying = new Set(['kubectl-client-side-apply', 'kubectl-last-applied']);

/**
 * Whether a person made the change, so that a run that may correct drift takes the field back. Each of kubectl's commands names itself
 * (`kubectl-edit`), but two: `kubectl` is `apply --server-side`, and of the subresource `scale` it is `kubectl scale`.
 */
export function isHand({ manager, subresource }: FieldManager): boolean {
  if (manager === 'kubectl') return subresource === 'scale';
  return programs.has(manager) || (manager.startsWith('kubectl-') && !deploying.has(manager));
}
