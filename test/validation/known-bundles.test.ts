import { noEnvironmentFile } from '../../src/domain/environment.ts';
import { knownBundles } from '../../src/validation/known-bundles.ts';

const manifests = [
  { path: 'manifests' },
  { url: 'https://nexus.example.com/repository/manifests/billing/billing-1.4.2.tar.gz' },
  { url: 'https://files.example.com/crds.yaml' },
];
const isKnown = knownBundles({ ...noEnvironmentFile, manifests });

test.each<[string, boolean]>([
  ['https://nexus.example.com/repository/manifests/billing/billing-1.4.2.tar.gz', true],
  ['https://nexus.example.com/repository/manifests/billing/billing-1.6.0-rc.1.tar.gz', true],
  ['https://files.example.com/crds.yaml', true],
  ['http://nexus.example.com/repository/manifests/billing/billing-1.4.2.tar.gz', false],
  ['https://nexus.example.com:8443/repository/manifests/billing/billing-1.4.2.tar.gz', false],
  ['https://nexus.example.com/repository/manifests/payroll/payroll-1.4.2.tar.gz', false],
  ['https://nexus.example.com/repository/private/billing/billing-1.4.2.tar.gz', false],
  ['https://files.example.com/crds.yaml.bak', false],
  ['http://169.254.169.254/latest/meta-data/', false],
  ['https://nexus.example.com.evil.example/repository/manifests/billing/billing-1.4.2.tar.gz', false],
])('%s: %j', (url, expected) => expect(isKnown(url)).toBe(expected));
