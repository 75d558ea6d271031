import { readBook } from '../../access/grant/book.ts';
import type { AccessFigures } from '../../adapters/metrics.ts';
import type { Config } from '../../config/schema.ts';
import type { Services } from '../../services.ts';
import { namedEnvironments, textOf } from './environments.ts';

/** For the metrics, in every replica and after a restart. One that is gone and not yet written off is not open. */
export async function accessFigures(
  config: Pick<Config, 'environments' | 'clusters'>,
  services: Pick<Services, 'settings' | 'forges' | 'persistence'>,
): Promise<AccessFigures[]> {
  const kept = namedEnvironments(config, services).filter(({ cluster }) => cluster !== undefined);
  return Promise.all(
    kept.map(async (environment) => {
      const { grants } = await readBook(services.persistence.store, textOf(environment));
      const open = grants.filter(({ state, goneAt }) => state !== 'ended' && goneAt === undefined);
      return { environment: environment.name, open: open.map(({ grant }) => ({ level: grant.level, until: new Date(grant.until) })) };
    }),
  );
}
