import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.ts';
import type { Scanner } from '../scanner.ts';
import type { Addresses } from '../stand-ins.ts';
import { environmentPath, type WorldSize } from '../world.ts';

export const version = '44.121.2';

const folder = fileURLToPath(new URL('../../.cache/renovate', import.meta.url));
const installed = join(folder, 'node_modules/renovate');
/** Without the scripts it goes without RE2, whose place JavaScript's own regular expressions take. */
const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `renovate@${version}`];

/** Installs Renovate apart from the project, once. Throws with the command to be tried by hand when that fails. */
export async function installRenovate(): Promise<void> {
  const manifest = join(installed, 'package.json');
  if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === version) return;
  process.stderr.write(`installing renovate ${version} into ${folder}, once\n`);
  mkdirSync(folder, { recursive: true });
  const npm = spawn('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve, reject) => npm.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`Renovate could not be installed; try it: npm ${install.join(' ')}`);
}

/** What it remembers, its clones among it, is kept from scan to scan. */
export const renovate: Scanner = {
  prepare(home, addresses, size) {
    const config = join(home, 'config.json');
    writeFileSync(config, JSON.stringify(settings(home, addresses, size)));
    // Nothing of who runs the bench: no git configuration, no tokens.
    const env = { PATH: process.env['PATH'], HOME: home, RENOVATE_CONFIG_FILE: config };
    return () => measure([join(installed, 'dist/renovate.js')], { cwd: home, env });
  },
};

/** No limits, and whatever it has to be quick: https://docs.renovatebot.com/self-hosted-configuration/ */
const settings = (home: string, { gitlab, token, registry }: Addresses, size: WorldSize) => ({
  platform: 'gitlab',
  endpoint: `${gitlab}/api/v4/`,
  token,
  gitUrl: 'endpoint',
  repositories: Array.from({ length: size.environments }, (_, at) => environmentPath(at)),
  onboarding: false,
  requireConfig: 'ignored',
  dependencyDashboard: false,
  enabledManagers: ['kubernetes'],
  kubernetes: { managerFilePatterns: ['/^manifests/.+\\.yaml$/'] },
  fetchChangeLogs: 'pr',
  prConcurrentLimit: 0,
  prHourlyLimit: 0,
  branchConcurrentLimit: 0,
  commitHourlyLimit: 0,
  repositoryCache: 'enabled',
  persistRepoData: true,
  cachePrivatePackages: true,
  baseDir: join(home, 'base'),
  cacheDir: join(home, 'cache'),
  hostRules: [
    { matchHost: `https://${registry}`, insecureRegistry: true, allowInternal: true },
    { matchHost: gitlab, hostType: 'gitlab', token, allowInternal: true },
  ],
});
