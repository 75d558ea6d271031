import type { Command } from 'commander';
import type { DeployCommand } from './deploy.ts';
import type { DriftCommand } from './drift.ts';
import { environmentOption, jsonOption, listOption, type Start } from './options.ts';

export function addDeploy(program: Command, start: Start): void {
  program
    .command('deploy')
    .description('make a cluster what its environment says: lock, try everything, apply, prune, wait for rollouts')
    .argument('[dir]', 'the folder of an environment; or name --env')
    .addOption(environmentOption())
    .option('--dry-run', 'print what would be done, and why it would be refused; write nothing')
    .option('--no-wait', 'do not wait for rollouts')
    .option('--plan <file>', 'prune nothing that this plan does not have: what plan --json or deploy --dry-run --json printed')
    .addOption(listOption('--formerly <name>', 'a name that the environment had before: take over, and prune, what carries it'))
    .option('--kubeconfig <file>', 'the cluster, where app.yml does not name it (default: KUBECONFIG)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--lock-timeout <duration>', 'how long another run is waited for', '10m')
    .addOption(jsonOption())
    .action((directory: string | undefined, options: Omit<DeployCommand, 'directory' | 'needsConfig'>) =>
      start(async (context) => {
        const [{ runDeploy }, { stopSignal }] = await Promise.all([import('./deploy.ts'), import('./stop-signal.ts')]);
        const needsConfig = program.getOptionValueSource('config') !== 'default';
        return runDeploy({ ...options, ...(directory !== undefined && { directory }), needsConfig }, context, stopSignal);
      }),
    );
}

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
