import { type Command, Option } from 'commander';
import { entryKinds } from '../domain/journal.ts';
import { jobStates } from '../domain/queue.ts';
import type { ForgeSetupCommand } from './forge-setup.ts';
import type { JobsListCommand } from './jobs.ts';
import type { JournalExportCommand, JournalListCommand, JournalVerifyCommand } from './journal.ts';
import { environmentOption, jsonOption, listOption, monthText, type Start, wholeNumber } from './options.ts';

export function addServe(program: Command, start: Start): void {
  program
    .command('serve')
    .description('the service: webhooks, schedule, pages, metrics, until it is stopped')
    .action(() =>
      start(async (context) => {
        const [{ runServe }, { stopSignal }] = await Promise.all([import('./serve.ts'), import('./stop-signal.ts')]);
        return runServe(context, stopSignal);
      }),
    );
}

export function addJobs(program: Command, start: Start): void {
  const jobs = program.command('jobs').description("the service's queue");
  jobs
    .command('list')
    .description('what waits, what runs, and what failed too often and is parked')
    .addOption(new Option('--state <state>', 'only these').choices(jobStates))
    .addOption(jsonOption())
    .action((options: JobsListCommand) => start(async (context) => (await import('./jobs.ts')).runJobsList(options, context)));
  jobs
    .command('retry')
    .description('parked jobs wait again')
    .argument('[id...]', 'which; without any, all')
    .addOption(jsonOption())
    .action((ids: string[], options: { json?: boolean }) =>
      start(async (context) => (await import('./jobs.ts')).runJobsRetry(ids, options, context)),
    );
}

export function addForge(program: Command, start: Start): void {
  program
    .command('forge')
    .description('GitLab and GitHub')
    .command('setup')
    .description("make or correct the forges' webhooks and labels")
    .addOption(listOption('--forge <name>', 'only this forge'))
    .option('--renew', 'set the secrets of webhooks again, even where all looks right')
    .option('--dry-run', 'say what would be done and change nothing')
    .addOption(jsonOption())
    .action((options: ForgeSetupCommand) => start(async (context) => (await import('./forge-setup.ts')).runForgeSetup(options, context)));
}

export function addJournal(program: Command, start: Start): void {
  const journal = program.command('journal').description('the record of everything that was done');
  journal
    .command('list')
    .description('the newest entries')
    .addOption(environmentOption())
    .addOption(new Option('--kind <kind>', 'only entries of this kind').choices(entryKinds))
    .addOption(new Option('--last <number>', 'how many').argParser(wholeNumber).default(50))
    .addOption(jsonOption())
    .action((options: JournalListCommand) => start(async (context) => (await import('./journal.ts')).runJournalList(options, context)));
  journal
    .command('verify')
    .description('is it as it was written: nothing changed, removed, reordered or cut off')
    .addOption(listOption('--head <number:hash>', 'a hash that was put somewhere else by hand'))
    .addOption(jsonOption())
    .action((options: JournalVerifyCommand) => start(async (context) => (await import('./journal.ts')).runJournalVerify(options, context)));
  journal
    .command('export')
    .description('JSON Lines and Markdown, a file for each environment and month')
    .argument('<dir>', 'where the files are written')
    .addOption(environmentOption())
    .addOption(new Option('--month <YYYY-MM>', 'only this month (UTC)').argParser(monthText))
    .addOption(jsonOption())
    .action((directory: string, options: JournalExportCommand) =>
      start(async (context) => (await import('./journal.ts')).runJournalExport(directory, options, context)),
    );
}
