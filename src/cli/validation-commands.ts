import { type Command, Option } from 'commander';
import { environmentOption, jsonOption, type Start, verdictFormats } from './options.ts';
import type { PlanCommand } from './plan.ts';
import type { RollbackCommand } from './rollback.ts';
import type { ValidateCommand } from './validate.ts';

export function addValidate(program: Command, start: Start): void {
  program
    .command('validate')
    .description('have an API server judge every manifest, and go through the checklist')
    .argument('[dir]', 'the folder of an environment; without one, environments of app.yml')
    .addOption(environmentOption())
    .option('--ref <revision>', 'judge this branch, tag or commit')
    .option('--base <revision>', 'what is there already: finds fields that cannot be changed')
    .addOption(new Option('--format <format>', 'how it is printed').choices(verdictFormats).default('text'))
    .option('--output <file>', 'write the format to a file, and the text to the terminal')
    .addOption(jsonOption())
    .action((directory: string | undefined, options: Omit<ValidateCommand, 'directory' | 'needsConfig'>) =>
      start(async (context) => {
        const [{ runValidate }, { stopSignal }] = await Promise.all([import('./validate.ts'), import('./stop-signal.ts')]);
        const needsConfig = program.getOptionValueSource('config') !== 'default';
        return runValidate({ ...options, ...(directory !== undefined && { directory }), needsConfig }, context, stopSignal);
      }),
    );
}

export function addPlan(program: Command, start: Start): void {
  program
    .command('plan')
    .description('what would be created, changed and pruned')
    .argument('[dir]', 'the folder of an environment; without one, environments of app.yml')
    .addOption(environmentOption())
    .option('--ref <revision>', 'plan this branch, tag or commit')
    .option('--base <revision>', 'compare with this one (default: where the default branch was left; with --env, its cluster)')
    .addOption(jsonOption())
    .action((directory: string | undefined, options: Omit<PlanCommand, 'directory' | 'needsConfig'>) =>
      start(async (context) => {
        const needsConfig = program.getOptionValueSource('config') !== 'default';
        return (await import('./plan.ts')).runPlan({ ...options, ...(directory !== undefined && { directory }), needsConfig }, context);
      }),
    );
}

export function addRollback(program: Command, start: Start): void {
  program
    .command('rollback')
    .description('open the merge request that takes an app, or an environment, back to what ran before')
    .requiredOption('--env <name>', 'the environment')
    .option('--app <name>', 'the app; without one, the whole environment')
    .option('--to <version>', 'a version of the app that ran there before, or a commit of the environment (default: what was there before)')
    .option('--reason <text>', 'why, for the merge request and the journal')
    .option('--dry-run', 'print what would be done and change nothing')
    .addOption(jsonOption())
    .action((options: RollbackCommand) => start(async (context) => (await import('./rollback.ts')).runRollback(options, context)));
}
