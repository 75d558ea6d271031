import type { Command } from 'commander';
import type { DriftCommand } from './drift.ts';
import { environmentOption, jsonOption, type Start } from './options.ts';

export function addDrift(program: Command, start: Start): void {
  program
    .command('drift')
    .description('what differs between the cluster and the repository, and whose hand it was')
    .argument('[dir]', 'the folder of an environment; without one, environments of app.yml')
    .addOption(environmentOption())
    .option('--ref <revision>', 'compare with this branch, tag or commit')
    .option('--kubeconfig <file>', 'the cluster, where app.yml does not name it')
    .option('--context <name>', 'context of --kubeconfig (default: its current one)')
    .addOption(jsonOption())
    .action((directory: string | undefined, options: Omit<DriftCommand, 'directory' | 'needsConfig'>) =>
      start(async (context) => {
        const needsConfig = program.getOptionValueSource('config') !== 'default';
        return (await import('./drift.ts')).runDrift({ ...options, ...(directory !== undefined && { directory }), needsConfig }, context);
      }),
    );
}
