import { readConfig } from '../../src/config/load.ts';
import { webhookSettings } from '../../src/serve/webhook-settings.ts';

const text = `
forges:
  gitlab: { type: gitlab, url: https://gitlab.example.com, token: a, webhookSecret: [b1946ac92492d234, 591785b794601e21] }
  quiet: { type: gitlab, url: https://quiet.example.com, token: a }
  github: { type: github, url: https://github.com/, appId: 7, privateKey: "-----BEGIN X-----", webhookSecret: b1946ac92492d234 }
  company: { type: github, url: https://git.example.com, token: ghp, webhookSecret: b1946ac92492d234 }
  local: { type: local, path: ./repositories }
registries:
  registry.example.com: { webhookSecret: 6f5902ac237024bd }
  plain.example.com: {}
environments:
  - { name: staging, repository: gitlab:platform/staging }
  - { discover: "github:acme/*" }
  - { name: production, repository: gitlab:platform/production, cluster: production, deploy: service }
clusters: { production: { kubeconfig: ./kubeconfig } }
packages:
  - { match: "registry.example.com/payments/**", source: "gitlab:payments/{name}" }
  - { match: "registry.example.com/**", owner: ada }
`;

test('who may deliver, and what is served', () => {
  const { config } = readConfig('app.yml', text, { env: {}, readFile: () => '' });
  expect(webhookSettings(config)).toEqual({
    environments: [
      { repository: { forge: 'gitlab', path: 'platform/staging' } },
      { repository: { forge: 'gitlab', path: 'platform/production' }, deployed: true },
      { discover: { forge: 'github', path: 'acme/*' } },
    ],
    sources: [{ forge: 'gitlab', path: 'payments/{name}' }],
    gitlab: [
      { name: 'gitlab', secrets: ['b1946ac92492d234', '591785b794601e21'] },
      { name: 'quiet', secrets: [] },
    ],
    github: [
      {
        name: 'github',
        url: 'https://github.com',
        api: 'https://api.github.com',
        credentials: { appId: 7, privateKey: '-----BEGIN X-----' },
        secrets: ['b1946ac92492d234'],
      },
      {
        name: 'company',
        url: 'https://git.example.com',
        api: 'https://git.example.com/api/v3',
        credentials: { token: 'ghp' },
        secrets: ['b1946ac92492d234'],
      },
    ],
    registries: [
      { host: 'registry.example.com', secrets: ['6f5902ac237024bd'] },
      { host: 'plain.example.com', secrets: [] },
    ],
  });
});
