import { readFolder } from '../../src/adapters/folder.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isManifest } from '../../src/manifests/archive-entries.ts';
import { BundleMemory, createBundles } from '../../src/manifests/bundles.ts';
import { readDesiredState } from '../../src/manifests/desired-state.ts';
import { createJudging } from '../../src/serve/judging.ts';
import { validationSettings } from '../../src/serve/validation-settings.ts';
import { validateEnvironment } from '../../src/validation/validate.ts';

/** A process that has validated before, as the service has: prints the seconds of each validation, reading included, as JSON. */
const [configFile = '', folder = '', rounds = ''] = process.argv.slice(2);
const { config } = loadConfig(configFile, process.env);
const quiet = (): void => undefined;
const judging = createJudging({ env: process.env, config, debug: quiet, warn: quiet });
const bundles = createBundles(() => Promise.resolve(undefined), new BundleMemory());
const seconds: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const began = performance.now();
  const state = await readDesiredState(readFolder(folder, isManifest), bundles);
  const settings = validationSettings(config, undefined);
  const { findings } = await validateEnvironment(judging, { environment: 'bench', state }, settings, new AbortController().signal);
  if (findings.some(({ severity }) => severity === 'error')) throw new Error('not all were accepted');
  seconds.push((performance.now() - began) / 1000);
}
await judging.close();
process.stdout.write(JSON.stringify(seconds));
