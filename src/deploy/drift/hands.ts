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
