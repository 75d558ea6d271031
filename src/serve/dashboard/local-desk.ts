import { touchesAccess } from '../../access/request/path.ts';
import { createLocalActions } from '../../adapters/forges/local/actions.ts';
import { createLocalPages } from '../../adapters/forges/local/pages.ts';
import type { Desk } from '../../dashboard/repositories/buttons.ts';
import type { LocalForgeActions } from '../../domain/local-forge.ts';
import type { PagesSource } from '../../domain/pages.ts';
import { knownEnvironments } from '../../updates/fleet/read.ts';
import { journalled } from './journalled.ts';
import { judgedNow } from './judged-now.ts';
import type { DashboardParts } from './parts.ts';

/** The repositories of the local forge, and what people do with their merge requests. */
export interface LocalDesk {
  readonly source: PagesSource;
  readonly desk: Desk;
}

/** Undefined where app.yml has no local forge. */
export function localDesk(parts: DashboardParts): LocalDesk | undefined {
  const { config, services, log } = parts;
  const [local] = Object.entries(config.forges).flatMap(([name, forge]) => (forge.type === 'local' ? [{ name, path: forge.path }] : []));
  if (local === undefined) return undefined;
  const { name } = local;
  const source = createLocalPages({
    ...local,
    url: config.server.url,
    environments: () => environmentsAt(parts, name),
    isGated: touchesAccess,
    warn: (text) => log.warn(text),
  });
  const actions: LocalForgeActions = journalled(createLocalActions(local), {
    forge: name,
    journal: services.journal,
    environmentOf: source.environmentOf,
    pages: config.server.url.replace(/(?<!\/)\/+$/, ''),
  });
  const keyOf = (path: string): string => `${name}:${path}`;
  return {
    source,
    desk: {
      forge: name,
      actions,
      judgeAgain: (path, id) => parts.judgeAgain(keyOf(path), id),
      isJudging: async (path, id) => (await judgedNow(services.persistence.queue())).has(`${keyOf(path)}!${id}`),
    },
  };
}

/** By the paths of their repositories; those that were discovered, too. */
async function environmentsAt({ services }: DashboardParts, forge: string): Promise<ReadonlyMap<string, string>> {
  const known = await knownEnvironments(services.persistence.store, services.settings.environments);
  return new Map(known.flatMap(({ name, repository }) => (repository.forge === forge ? [[repository.path, name]] : [])));
}
