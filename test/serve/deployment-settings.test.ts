import { readConfig } from '../../src/config/load.ts';
import { deploymentSettings, holderName } from '../../src/serve/deployment-settings.ts';

const { config } = readConfig(
  'app.yml',
  `forges: { local: { type: local, path: ./repositories } }
clusters: { here: { kubeconfig: ./kubeconfig } }
environments:
  - { name: plain, repository: "local:platform/plain" }
  - name: said
    repository: local:platform/said
    cluster: here
    deploy: service
    formerly: [stage]
    prune: { share: 0.9 }
    rollout: { timeout: 90s }
    drift: { correct: true }
  - { discover: "local:platform/*" }
`,
  { env: {}, readFile: () => '' },
);
const unsaid = { formerly: [], share: 0.5, timeoutMs: 600_000, takeOver: false };

test.each([
  ['what app.yml says', 'said', { repository: 'local:platform/said', formerly: ['stage'], share: 0.9, timeoutMs: 90_000, takeOver: true }],
  ['what it leaves out', 'plain', { repository: 'local:platform/plain', ...unsaid }],
  ['of an environment that it does not name', 'other', unsaid],
])('%s', (_, name, settings) => {
  expect(deploymentSettings(config, name)).toEqual(settings);
});

test('without an app.yml it is as with one that says nothing', () => {
  expect(deploymentSettings(undefined, 'plain')).toEqual(unsaid);
});

test('no two runs have one name', () => {
  expect(holderName()).not.toBe(holderName());
});
