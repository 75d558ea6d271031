import type { ClusterAddress } from '../../../domain/cluster.ts';

/** The text of a kubeconfig with one context, `lockkeeper`; JSON is YAML too. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export function kubeconfigText({ url, ca = '', token }: ClusterAddress): string {
  const name = 'lockkeeper';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
