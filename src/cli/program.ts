import { Argument, Command, CommanderError, Option } from 'commander';
import { explain, OutsideError, UsageError } from '../domain/errors.ts';
import { addAccess } from './access-commands.ts';
import { addApiserver } from './apiserver-commands.ts';
import type { CommonOptions } from './context.ts';
import type { DemoCommand } from './demo.ts';
import { addDeploy, addDrift } from './deployment-commands.ts';
import type { InventoryCommand } from './inventory.ts';
import { type ExitCode, type Io, logLevels } from './io.ts';
import { environmentOption, jsonOption, listOption, portNumber, type Start } from './options.ts';
import type { ScanCommand } from './scan.ts';
import { addForge, addJobs, addJournal, addServe } from './service-commands.ts';
import { addPlan, addRollback, addValidate } from './validation-commands.ts';
import { version } from './version.ts';

const exitCodes = `
Exit codes: 0 fine; 1 the thing checked is not fine; 2 wrong use or configuration; 3 something outside failed.
To see it work: lockkeeper demo. To begin: lockkeeper init environments/staging`;

/** `lockkeeper …`: gives the exit code, having reported what went wrong. What was written may still be on its way: let the process end by itself. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const program: Command = createProgram(io, async (work) => {
    const { createContext } = await import('./context.ts');
    const context = createContext(io, program.opts<CommonOptions>());
    exit = await work(context).catch((error: unknown) => report(error, io, context.redact, program.opts<CommonOptions>().logLevel));
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error, io, (text) => text, program.opts<CommonOptions>().logLevel);
  }
}

function createProgram(io: Io, start: Start): Command {
  const program = new Command('lockkeeper')
    .description('GitOps bot: finds newer versions and opens one merge request per app and environment.')
    .version(version)
    .option('--config <file>', 'the configuration', 'app.yml')
    .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels).default('info'))
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .exitOverride()
    .showHelpAfterError('(lockkeeper --help lists the commands, lockkeeper COMMAND --help its options)')
    .addHelpText('after', exitCodes);
  addDemo(program, start);
  addConfig(program, start);
  addScan(program, start);
  addInventory(program, start);
  addServe(program, start);
  addJobs(program, start);
  addJournal(program, start);
  addForge(program, start);
  addValidate(program, start);
  addPlan(program, start);
  addDeploy(program, start);
  addDrift(program, start);
  addRollback(program, start);
  addAccess(program, start);
  addApiserver(program, start);
  addInit(program, start);
  return program;
}

function addDemo(program: Command, start: Start): void {
  program
    .command('demo')
    .description('a small company on this machine, scanned for real: shows its merge requests until Ctrl-C')
    .addArgument(new Argument('[walk]', 'access: asks for access, approves, uses and ends it, in two minutes').choices(['access']))
    .option('--dir <dir>', 'where it is made, or lies already (default: "lockkeeper-demo"); of the walk lockkeeper-demo-access')
    .addOption(new Option('--port <number>', 'of the pages (default: 3000, or any free one)').argParser(portNumber))
    .action((walk: 'access' | undefined, { dir, ...options }: Partial<DemoCommand>) =>
      start(async (context) => {
        const { stopSignal } = await import('./stop-signal.ts');
        if (walk === undefined)
          return (await import('./demo.ts')).runDemo({ dir: dir ?? 'lockkeeper-demo', ...options }, context, stopSignal);
        return (await import('./demo-access.ts')).runAccessDemo({ dir: dir ?? 'lockkeeper-demo-access', ...options }, context, stopSignal);
      }),
    );
}

function addConfig(program: Command, start: Start): void {
  program
    .command('config')
    .description('the configuration, app.yml')
    .command('check')
    .description('check app.yml: every mistake at once, each with line and key')
    .addOption(jsonOption())
    .action((options: { json?: boolean }) =>
      start(async (context) => (await import('./config-check.ts')).runConfigCheck(options, context)),
    );
}

function addScan(program: Command, start: Start): void {
  program
    .command('scan')
    .description('look for newer versions once, now, and open or update merge requests')
    .addOption(environmentOption())
    .addOption(listOption('--app <name>', 'only this app'))
    .addOption(listOption('--package <glob>', 'only apps with a package of this name'))
    .option('--dry-run', 'print the proposals and change nothing')
    .addOption(jsonOption())
    .action((options: ScanCommand) => start(async (context) => (await import('./scan.ts')).runScan(options, context)));
}

function addInventory(program: Command, start: Start): void {
  program
    .command('inventory')
    .description('what runs where: version, owner, update waiting, since when')
    .addOption(environmentOption())
    .addOption(jsonOption())
    .action((options: InventoryCommand) => start(async (context) => (await import('./inventory.ts')).runInventory(options, context)));
}

function addInit(program: Command, start: Start): void {
  program
    .command('init')
    .description('write a new environment repository')
    .argument('<dir>', 'a new or an empty folder')
    .action((directory: string) => start(async (context) => (await import('./init.ts')).runInit(directory, context)));
}

/** Says what went wrong, on stderr, and gives the exit code of its class. */
function report(error: unknown, { stderr }: Io, redact: (text: string) => string, logLevel: string): ExitCode {
  const known = error instanceof UsageError || error instanceof OutsideError;
  const say = (text: string): void => void stderr.write(`${redact(text)}\n`);
  if (known) say(`lockkeeper: ${explain(error)}`);
  else
    say(
      `lockkeeper: a bug in lockkeeper, please report it: ${explain(error)}${logLevel === 'debug' ? '' : ' (--log-level debug shows where)'}`,
    );
  if (logLevel === 'debug' && Error.isError(error)) say(error.stack ?? '');
  return error instanceof UsageError ? 2 : 3;
}
