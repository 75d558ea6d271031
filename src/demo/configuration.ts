import { readFile, writeFile } from 'node:fs/promises';
import { kubeconfigOf, type Ports, pagesUrl, registryHost } from './places.ts';

/** The demo's app.yml. */
export function configuration(ports: Ports, withClusters: boolean): string {
  const deployed = (name: string): string =>
    withClusters
      ? `    cluster: ${name}\n    deploy: service\n    rollout: { timeout: 1m }       # there are no nodes: the demo itself says that pods are up\n`
      : '';
  return `# Made by \`lockkeeper demo\`, which runs the service with it. Try \`lockkeeper inventory --config app.yml\` beside it.
server:
  host: 127.0.0.1
  port: ${ports.pages}
  url: ${pagesUrl(ports)}
store:
  url: file:./data
forges:
  local: { type: local, path: ./repositories }
registries:
  ${registryHost(ports)}: { type: oci, insecure: true }
  127.0.0.1:${ports.bundles}: { type: nexus, insecure: true }
${withClusters ? clusters : ''}environments:
  - name: staging
    repository: local:platform/environments/staging
${deployed('staging')}    updates: { types: [major, minor, patch] }
  - name: production
    repository: local:platform/environments/production
${deployed('production')}    updates: { types: [minor, patch], maxOpen: 10 }   # a major waits until somebody allows it
packages:
  - match: ${registryHost(ports)}/storefront/**
    owner: team-storefront
access:
  approvers: [grace, katherine]
  users: [ada, alan, grace, katherine]
  maxDuration: 1m                     # so that you see it end
`;
}

const clusters = `clusters:                             # both run as long as the demo does, and are empty when it starts
  staging: { kubeconfig: ./${kubeconfigOf('staging')} }
  production: { kubeconfig: ./${kubeconfigOf('production')} }
validation:
  apiserver: staging                  # one that runs anyhow
`;

/** Has app.yml name the clusters that there are. One that a person has changed stays as it is. */
export async function configure(file: string, ports: Ports, withClusters: boolean): Promise<void> {
  if ((await readFile(file, 'utf8')) === configuration(ports, !withClusters)) await writeFile(file, configuration(ports, withClusters));
}
