import { type Command, Option } from 'commander';
import type { ApiserverCommand } from './apiserver.ts';
import { jsonOption, type Start } from './options.ts';

export function addApiserver(program: Command, start: Start): void {
  const apiserver = program.command('apiserver').description('the minimal API server that judges manifests: etcd and kube-apiserver');
  const version = (): Option => new Option('--kubernetes <version>', 'of Kubernetes: 1.36 or 1.36.3 (default: as app.yml says)');
  const asked = (options: Omit<ApiserverCommand, 'needsConfig'>): ApiserverCommand => ({
    ...options,
    needsConfig: program.getOptionValueSource('config') !== 'default',
  });
  apiserver
    .command('setup')
    .description('find its programs, or obtain them: from the official archive, else built with Go')
    .addOption(version())
    .addOption(jsonOption())
    .action((options: Omit<ApiserverCommand, 'needsConfig'>) =>
      start(async (context) => {
        const [{ runApiserverSetup }, { stopSignal }] = await Promise.all([import('./apiserver.ts'), import('./stop-signal.ts')]);
        return runApiserverSetup(asked(options), context, stopSignal);
      }),
    );
  apiserver
    .command('run')
    .description('run it until it is stopped, and print its kubeconfig')
    .addOption(version())
    .addOption(jsonOption())
    .action((options: Omit<ApiserverCommand, 'needsConfig'>) =>
      start(async (context) => {
        const [{ runApiserver }, { stopSignal }] = await Promise.all([import('./apiserver.ts'), import('./stop-signal.ts')]);
        return runApiserver(asked(options), context, stopSignal);
      }),
    );
}
