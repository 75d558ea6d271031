import { readBook } from '../../access/grant/book.ts';
import { type Answer, type Ask, askForAccess } from '../../access/request/ask.ts';
import type { AccessLevel, AccessSubject } from '../../domain/access.ts';
import { UsageError } from '../../domain/errors.ts';
import { parseDuration } from '../../domain/time.ts';
import { type AccessEnvironment, textOf } from '../../serve/access/environments.ts';
import { accessSettings } from '../../serve/access/settings.ts';
import { forgeOf } from '../../serve/judged-environments.ts';
import type { Services } from '../../services.ts';
import { findEnvironments } from '../../updates/find-environments.ts';
import { caller } from '../caller.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../io.ts';
import type { Output } from '../output.ts';
import { withServices } from '../work.ts';

export interface AccessRequestCommand {
  readonly env: string;
  readonly namespace: string;
  readonly level: AccessLevel;
  readonly for: string;
  readonly reason: string;
  readonly user?: string;
  readonly group?: string;
  readonly breakGlass?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `lockkeeper access request`: 0 when the merge request is there, 1 where app.yml does not allow what is asked for. */
export async function runAccessRequest(command: AccessRequestCommand, context: Context): Promise<ExitCode> {
  const ask = askOf(command, context.env);
  const answer = await withServices(context, async (services, config) => {
    const environment = await environmentOf(services, command.env);
    const { grants } = await readBook(services.persistence.store, textOf(environment));
    const held = grants.filter(({ state }) => state !== 'ended').map(({ grant }) => grant);
    const ports = { forge: forgeOf(services, environment.repository.forge), settings: accessSettings(config), held, now: new Date() };
    return askForAccess(ports, { environment: environment.name, path: environment.repository.path }, ask);
  });
  if (command.json === true) context.output.json({ environment: command.env, ...answer });
  else print(answer, context.output);
  return answer.outcome === 'refused' ? 1 : 0;
}

function askOf(command: AccessRequestCommand, env: Context['env']): Ask {
  const { namespace, level, reason, user, group, breakGlass = false, dryRun = false } = command;
  const by = caller(env);
  if (!/^\S+$/.test(by)) throw new UsageError(`"${by}" is no name of the forge: set GITLAB_USER_LOGIN or GITHUB_ACTOR to who asks`);
  if (user !== undefined && group !== undefined) throw new UsageError('--user and --group: a request is for one of them');
  const subject: AccessSubject = group === undefined ? { kind: 'user', name: user ?? by } : { kind: 'group', name: group };
  return { request: { namespace, subject, level, reason, durationMs: parseDuration(command.for), breakGlass }, by, dryRun };
}

async function environmentOf(services: Services, name: string): Promise<Pick<AccessEnvironment, 'name' | 'repository'>> {
  const ports = { forge: (forge: string) => forgeOf(services, forge) };
  const { environments, errors } = await findEnvironments(ports, services.settings.environments, [name]);
  const [one] = environments;
  if (one === undefined) throw new UsageError(`--env ${name}: ${errors[0]?.message ?? 'no such environment'}`);
  return one;
}

function print(answer: Answer, output: Output): void {
  switch (answer.outcome) {
    case 'refused':
      output.print('nothing is asked for:');
      for (const reason of answer.reasons) output.print(`  ${reason}`);
      break;
    case 'planned':
      output.print(`to open: ${answer.title}`);
      output.print(`${answer.file}:`);
      for (const line of answer.content.trimEnd().split('\n')) output.print(`  ${line}`);
      output.print('dry run: nothing was changed');
      break;
    case 'opened':
    case 'there':
      output.print(`${answer.outcome === 'opened' ? 'opened' : 'open as before'}: ${answer.title}`);
      output.print(answer.url);
  }
}
