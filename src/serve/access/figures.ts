import type { Logger } from 'pino';
import { readBook } from '../../access/grant/book.ts';
import type { AccessFigures } from '../../adapters/metrics.ts';
import type { Config } from '../../config/schema.ts';
import type { Grant } from '../../domain/access.ts';
import { count } from '../../domain/wording.ts';
import type { Services } from '../../services.ts';
import { type AccessEnvironment, namedEnvironments, textOf } from './environments.ts';

type Looking = Pick<Services, 'settings' | 'forges' | 'persistence'>;

const space = 'access';
/** No repository is called so: those are `FORGE:PATH`. */
const key = 'environments';
const patience = 30_000;

/** Name of each environment whose grants were ever kept, by repository: app.yml may name it no more one day. */
type Remembered = Readonly<Record<string, string>>;

/** That its grants are kept; durable when it resolves. */
export async function rememberEnvironment({ store, locks }: Services['persistence'], environment: AccessEnvironment): Promise<void> {
  const { name } = environment;
  const repository = textOf(environment);
  if ((await store.get<Remembered>(space, key))?.[repository] === name) return;
  await locks.hold('access environments', patience, async () =>
    store.put(space, key, { ...(await store.get<Remembered>(space, key)), [repository]: name }),
  );
}

interface OpenGrants {
  readonly environment: string;
  /** Nobody ends them: app.yml says of their environment, or of its cluster, nothing any more. */
  readonly isLost: boolean;
  readonly grants: readonly Grant[];
}

/** One that is gone and not yet written off is not open. */
async function openGrants(config: Pick<Config, 'environments' | 'clusters'>, services: Looking): Promise<readonly OpenGrants[]> {
  const { store } = services.persistence;
  const named = namedEnvironments(config, services);
  const remembered = Object.entries((await store.get<Remembered>(space, key)) ?? {});
  const all = [
    ...named.map((one) => ({ environment: one.name, repository: textOf(one), isLost: one.cluster === undefined })),
    ...remembered
      .filter(([repository]) => !named.some((one) => textOf(one) === repository))
      .map(([repository, environment]) => ({ environment, repository, isLost: true })),
  ];
  const read = all.map(async ({ environment, repository, isLost }) => {
    const { grants } = await readBook(store, repository);
    const open = grants.filter(({ state, goneAt }) => state !== 'ended' && goneAt === undefined);
    return { environment, isLost, grants: open.map(({ grant }) => grant) };
  });
  return (await Promise.all(read)).filter(({ isLost, grants }) => !isLost || grants.length > 0);
}

/** For the metrics, in every replica and after a restart. */
export async function accessFigures(config: Pick<Config, 'environments' | 'clusters'>, services: Looking): Promise<AccessFigures[]> {
  const found = await openGrants(config, services);
  const names = [...new Set(found.map(({ environment }) => environment))];
  return names.map((environment) => {
    const grants = found.filter((one) => one.environment === environment).flatMap((one) => one.grants);
    return { environment, open: grants.map(({ level, until }) => ({ level, until: new Date(until) })) };
  });
}

/** Which grants nobody ends any more, and until when the timers in the cluster have ended the last of them. */
export async function lostGrants(config: Pick<Config, 'environments' | 'clusters'>, services: Looking) {
  const lost = (await openGrants(config, services)).filter(({ isLost }) => isLost);
  return lost.map(({ environment, grants }) => ({
    environment,
    grants,
    until: grants.map((one) => one.until).reduce((latest, until) => (until > latest ? until : latest), ''),
  }));
}

/** Says which those are. */
export async function warnOfLost(config: Pick<Config, 'environments' | 'clusters'>, services: Looking, log: Logger): Promise<void> {
  for (const { environment, grants, until } of await lostGrants(config, services)) {
    log.error(
      { environment, grants: grants.map(({ id }) => id) },
      `nobody looks after ${count(grants.length, 'grant')} of ${environment}: app.yml names no cluster for it any more. Name it again until ${until}, when their timers in the cluster have ended the last of them.`,
    );
  }
}
