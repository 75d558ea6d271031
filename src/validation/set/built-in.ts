import type { ObjectId } from '../../domain/finding.ts';

const names = (...all: readonly string[]): ((name: string) => boolean) => {
  const known = new Set(all);
  return (name) => known.has(name);
};

/** What clusters have by themselves, or get from whoever runs them, under these names. By kind. */
const present: ReadonlyMap<string, (name: string) => boolean> = new Map(
  Object.entries<(name: string) => boolean>({
    // The last three: OpenShift's.
    ServiceAccount: names('default', 'builder', 'deployer', 'pipeline'),
    ConfigMap: names('kube-root-ca.crt', 'openshift-service-ca.crt', 'istio-ca-root-cert', 'linkerd-identity-trust-roots'),
    Service: names('kubernetes'),
    // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
    ClusterRole: (name) => name.startsWith('system:') || names('view', 'edit', 'admin', 'cluster-admin')(name),
    Role: (name) => name.startsWith('system:') || name === 'extension-apiserver-authentication-reader',
    PriorityClass: (name) => name.startsWith('system-'),
    RuntimeClass: names('gvisor', 'nvidia', 'kata', 'kata-qemu', 'kata-mshv-vm-isolation'),
    // Those of the controllers' own installations, and of the large clouds.
    IngressClass: names(
      ...['nginx', 'traefik', 'haproxy', 'contour', 'kong', 'istio', 'cilium', 'openshift-default', 'public', 'tailscale'],
      ...['alb', 'gce', 'gce-internal', 'azure-application-gateway', 'azure-alb-external', 'webapprouting.kubernetes.azure.com'],
    ),
    StorageClass: names(
      ...['standard', 'default', 'local-path', 'hostpath', 'microk8s-hostpath', 'longhorn', 'rook-ceph-block', 'rook-cephfs'],
      ...['gp2', 'gp3', 'standard-rwo', 'premium-rwo', 'standard-rwx', 'do-block-storage', 'hcloud-volumes', 'linode-block-storage'],
      ...['managed', 'managed-csi', 'managed-csi-premium', 'managed-premium', 'azurefile', 'azurefile-csi', 'azurefile-csi-premium'],
    ),
  }),
);

/** Whether clusters have it without anybody's manifest. */
export function isBuiltIn({ kind, namespace, name }: ObjectId): boolean {
  const ofTheSystem = namespace.startsWith('kube-') && ['ServiceAccount', 'ConfigMap', 'Service', 'Role'].includes(kind);
  return ofTheSystem || (present.get(kind)?.(name) ?? false);
}
