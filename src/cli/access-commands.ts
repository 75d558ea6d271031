import { type Command, Option } from 'commander';
import { accessLevels } from '../domain/access.ts';
import type { AccessDoctorCommand } from './access/doctor.ts';
import type { AccessListCommand } from './access/list.ts';
import type { AccessReapCommand } from './access/reap.ts';
import type { AccessRequestCommand } from './access/request.ts';
import type { AccessRevokeCommand } from './access/revoke.ts';
import { environmentOption, jsonOption, type Start } from './options.ts';

export function addAccess(program: Command, start: Start): void {
  const access = program.command('access').description('temporary access to namespaces');
  addList(access, start);
  addRequest(access, start);
  addRevoke(access, start);
  addDoctor(access, start);
  addReap(access, start, () => program.getOptionValueSource('config') !== 'default');
}

function addList(access: Command, start: Start): void {
  access
    .command('list')
    .description('who has more access than usual: where, at which level, until when, approved by whom, and why')
    .addOption(environmentOption())
    .option('--all', 'also what ended')
    .addOption(jsonOption())
    .action((options: AccessListCommand) => start(async (context) => (await import('./access/list.ts')).runAccessList(options, context)));
}

function addRequest(access: Command, start: Start): void {
  access
    .command('request')
    .description('ask for access: opens the merge request that others approve')
    .requiredOption('--env <name>', 'in which environment')
    .requiredOption('--namespace <name>', 'to which namespace')
    .addOption(new Option('--level <level>', 'what it lets do').choices(accessLevels).makeOptionMandatory())
    .requiredOption('--for <duration>', 'how long, from the merge: 90m, 2h')
    .requiredOption('--reason <text>', 'why; everybody reads it')
    .option('--user <name>', 'who gets it (default: whoever runs this)')
    .option('--group <name>', 'which group of app.yml gets it')
    .option('--break-glass', 'without an approval, where app.yml lets that user; everybody is alarmed')
    .option('--dry-run', 'print the file and change nothing')
    .addOption(jsonOption())
    .action((options: AccessRequestCommand) =>
      start(async (context) => (await import('./access/request.ts')).runAccessRequest(options, context)),
    );
}

function addRevoke(access: Command, start: Start): void {
  access
    .command('revoke')
    .description('end a grant now')
    .argument('<id>', 'of the grant: see access list')
    .option('--reason <text>', 'why; everybody reads it')
    .addOption(environmentOption())
    .addOption(jsonOption())
    .action((id: string, options: Omit<AccessRevokeCommand, 'id'>) =>
      start(async (context) => (await import('./access/revoke.ts')).runAccessRevoke({ ...options, id }, context)),
    );
}

function addReap(access: Command, start: Start, needsConfig: () => boolean): void {
  access
    .command('reap')
    .description('end all grants in a cluster that have expired, with nothing but the cluster')
    .addOption(environmentOption())
    .option('--kubeconfig <file>', 'the cluster, without app.yml (default: KUBECONFIG, or the cluster in which this runs)')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .addOption(jsonOption())
    .action((options: Omit<AccessReapCommand, 'needsConfig'>) =>
      start(async (context) => (await import('./access/reap.ts')).runAccessReap({ ...options, needsConfig: needsConfig() }, context)),
    );
}

function addDoctor(access: Command, start: Start): void {
  access
    .command('doctor')
    .description('whether the clusters keep temporary access temporary, by policies that are in force, and what the forges enforce')
    .addOption(environmentOption())
    .addOption(jsonOption())
    .action((options: AccessDoctorCommand) =>
      start(async (context) => (await import('./access/doctor.ts')).runAccessDoctor(options, context)),
    );
}
