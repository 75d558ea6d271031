import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readObjects } from '../../../src/manifests/documents.ts';
import { checkWorkloads } from '../../../src/validation/checklist/check-workloads.ts';

const folder = resolve(import.meta.dirname, '../../fixtures/shop');

const files = readdirSync(folder).toSorted();

const objectsOf = (file: string, change: (text: string) => string = (text) => text) =>
  readObjects(Buffer.from(change(readFileSync(resolve(folder, file), 'utf8'))), { file }, 'refused').objects;

const judge = (change?: (text: string) => string) =>
  checkWorkloads(
    files.flatMap((file) => objectsOf(file, change)),
    { settings: {}, registries: ['registry.example.com', 'ghcr.io'], complete: true },
  ).map(({ file, line, severity, rule, reason }) => [`${file}:${line}`, severity, rule, reason].filter(Boolean).join(' '));

test('nothing is said of a shop that is made well, but for what was waived', () => {
  expect(files.flatMap((file) => objectsOf(file)).length).toBeGreaterThan(50);
  expect(judge().toSorted()).toEqual([
    "licences.yaml:10 waived single-replica the vendor's licence allows one instance",
    'node-agent.yaml:16 waived host-namespaces it measures the network of its node',
    "node-agent.yaml:26 waived runs-as-root it reads the logs of all containers, which are root's",
  ]);
});

test('what goes wrong in it is found at its line', () => {
  const worse = (text: string): string =>
    text
      .replace('minAvailable: 50%', 'minAvailable: 3')
      .replace('preStop: { sleep: { seconds: 15 } }', 'preStop: { sleep: { seconds: 60 } }')
      .replace('registry.example.com/shop/cart:1.8.0', 'shop/cart')
      .replace('selector: { app: sessions, redis-role: slave }', 'selector: { app: session, redis-role: slave }');
  expect(judge(worse).filter((finding) => !finding.includes(' waived '))).toEqual([
    'storefront.yaml:37 warning termination-grace-period',
    'storefront.yaml:72 error budget-blocks-drain',
    'sessions.yaml:11 warning service-selects-nothing',
    'cart.yaml:27 warning latest-tag',
    'cart.yaml:27 warning unknown-registry',
  ]);
});
