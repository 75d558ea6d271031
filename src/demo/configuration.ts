import type { Ports } from './places.ts';
import { pagesUrl, registryHost } from './places.ts';

/** The demo's app.yml. */
export const configuration = (
  ports: Ports,
): string => `# Made by \`lockkeeper demo\`. Try \`lockkeeper scan --config app.yml --dry-run\` beside a running demo.
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
environments:
  - name: staging
    repository: local:platform/environments/staging
    updates: { types: [major, minor, patch] }
  - name: production
    repository: local:platform/environments/production
    updates: { types: [minor, patch], maxOpen: 10 }   # a major waits until somebody allows it
packages:
  - match: ${registryHost(ports)}/storefront/**
    owner: team-storefront
`;
