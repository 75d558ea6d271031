import type { Config } from '../config/schema.ts';
import { lacksCredentials } from '../config/unfinished.ts';
import { UsageError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { setupTargets, wantedHook } from '../serve/wanted-webhooks.ts';
import type { Services } from '../services.ts';
import { rememberPlaces } from '../webhooks/places.ts';
import { type SetupOptions, type SetupRow, setUp } from '../webhooks/setup.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './io.ts';
import { withServices } from './work.ts';

export interface ForgeSetupCommand {
  readonly forge?: readonly string[];
  readonly renew?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `lockkeeper forge setup`: webhooks and labels, as app.yml says. 3 when a forge refused something. */
export async function runForgeSetup(command: ForgeSetupCommand, context: Context): Promise<ExitCode> {
  const { forge, renew = false, dryRun = false, json = false } = command;
  const rows = await withServices(
    context,
    async (services, config) => {
      const names = chosen(config, forge);
      for (const warning of warnings(config)) context.log.warn(warning);
      const done: SetupRow[] = [];
      for (const name of names) done.push(...(await ofForge(services, config, name, { dryRun, renew })));
      return done;
    },
    { unfinished: true },
  );
  if (json) context.output.json({ dryRun, done: rows });
  else if (rows.length === 0) context.output.print('app.yml has no forge with webhooks.');
  else {
    context.output.table(
      ['forge', 'project', 'what', dryRun ? 'would be' : 'was', ''],
      rows.map((row) => [row.forge, row.project, row.what, row.done, row.reason ?? '']),
    );
  }
  return rows.some(({ done }) => done === 'failed') ? 3 : 0;
}

/** Throws UsageError for a name that there is not, and for a forge that was named and has no secret. */
function chosen(config: Config, wanted: readonly string[] | undefined): readonly string[] {
  const names = Object.keys(config.forges);
  for (const name of wanted ?? []) {
    if (!names.includes(name)) {
      const hint = nearest(name, names);
      throw new UsageError(
        `--forge ${name}: no such forge${hint === undefined ? '' : `; did you mean "${hint}"?`} (app.yml has ${names.join(', ')})`,
      );
    }
    const forge = config.forges[name];
    if (forge !== undefined && forge.type !== 'local' && !lacksCredentials(forge) && wantedHook(config, name) === undefined) {
      throw new UsageError(
        `forges.${name}.webhookSecret: is missing; write one there (openssl rand -hex 32), it is what deliveries are verified with`,
      );
    }
  }
  return wanted ?? names;
}

/** What a forge would not reach, or would tell everybody on the way. */
function warnings({ server }: Config): readonly string[] {
  const { protocol, hostname } = new URL(server.url ?? '');
  if (/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname))
    return [`server.url is ${server.url}: no forge reaches it there; write the address that forges see into app.yml`];
  return protocol === 'https:' ? [] : [`server.url is ${server.url}: without https, deliveries and their secrets can be read on the way`];
}

async function ofForge(services: Services, config: Config, name: string, options: SetupOptions): Promise<readonly SetupRow[]> {
  const skipped = (reason: string): SetupRow[] => [{ forge: name, project: '', what: 'webhook', done: 'skipped', reason }];
  const forge = config.forges[name];
  if (forge !== undefined && lacksCredentials(forge))
    return skipped(`forges.${name} has no credentials yet: lockkeeper serve makes its App`);
  const connected = await services.webhookForge(name);
  if (connected === undefined) return skipped('a local forge needs none');
  const wanted = wantedHook(config, name);
  if (wanted === undefined) return skipped(`forges.${name}.webhookSecret is missing`);
  const { rows, places } = await setUp(connected.forge, wanted, setupTargets(config, name), options);
  if (!options.dryRun) await rememberPlaces(services.persistence.store, name, places);
  return rows;
}
