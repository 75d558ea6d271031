import { readBook } from '../../access/grant/book.ts';
import { UsageError } from '../../domain/errors.ts';
import { textOf } from '../../serve/access/environments.ts';
import { revokeNow } from '../../serve/access/revoking.ts';
import { accessSettings } from '../../serve/access/settings.ts';
import { caller } from '../caller.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../io.ts';
import { withServices } from '../work.ts';
import { type GrantingEnvironment, grantingEnvironments } from './environments.ts';

export interface AccessRevokeCommand {
  readonly id: string;
  readonly reason?: string;
  readonly env?: readonly string[];
  readonly json?: boolean;
}

/** `lockkeeper access revoke`: 0 when it is gone, also where it was before. Whoever has app.yml with the store and the kubeconfig may. */
export async function runAccessRevoke({ id, reason, env, json = false }: AccessRevokeCommand, context: Context): Promise<ExitCode> {
  const { log, redact, output } = context;
  const outcome = await withServices(context, async (services, config) => {
    const environment = await having(id, services.persistence.store, grantingEnvironments(config, services, env));
    const tells = config.notifications.slack !== undefined;
    const metrics = { access: { alarmed: () => {}, removed: () => {} } }; // counted in the service alone
    const parts = { config, settings: accessSettings(config), services, metrics, log, redact, tells, now: () => new Date() };
    const revocation = { id, by: `operator:${caller(context.env)}`, ...(reason !== undefined && { reason }) };
    return revokeNow(parts, environment, revocation, 'command', new AbortController().signal);
  });
  if (json) output.json({ id, outcome });
  else output.print(outcome === 'over' ? `${id} had ended already` : `${id} is revoked: its binding is gone`);
  return 0;
}

async function having(
  id: string,
  store: Parameters<typeof readBook>[0],
  environments: readonly GrantingEnvironment[],
): Promise<GrantingEnvironment> {
  for (const environment of environments) {
    const { grants } = await readBook(store, textOf(environment));
    if (grants.some(({ grant }) => grant.id === id)) return environment;
  }
  throw new UsageError(`there is no grant "${id}"; lockkeeper access list shows those that are open`);
}
