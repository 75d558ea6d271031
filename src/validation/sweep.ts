import pLimit from 'p-limit';
import { explain, OutsideError } from '../domain/errors.ts';
import type { EnvironmentForge } from '../domain/forge.ts';
import type { RequestForge } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';
import { touchHolds } from './holds/kept.ts';
import { othersAt, sceneOf } from './holds/others.ts';
import type { RunInProgress } from './holds/text.ts';
import type { JudgedEnvironment } from './merge-request.ts';
import { isJudged } from './remembered.ts';
import { rulesOf } from './rules.ts';
import { saidComment } from './said.ts';

export interface SweepPorts {
  forge(name: string): Pick<EnvironmentForge, 'traits' | 'state'> & Pick<RequestForge, 'openRequests'>;
  readonly store: Store;
  /** The deployment run of the environment that is in progress; undefined where there is none, or nobody can tell. */
  run(environment: JudgedEnvironment, signal: AbortSignal): Promise<RunInProgress | undefined>;
}

export interface Sweep {
  /** Those whose head nobody has judged, under these rules, and those whose comment says of others what is not so any more. */
  readonly due: readonly { readonly environment: JudgedEnvironment; readonly id: number }[];
  /** By environment; the others were looked at all the same. */
  readonly problems: readonly { readonly environment: string; readonly message: string }[];
}

/** Environments looked at at once. */
const atOnce = 4;

/** Open merge requests that something is to be said at, in all these environments: deliveries get lost, and app.yml changes. */
export async function findDue(ports: SweepPorts, environments: readonly JudgedEnvironment[], signal: AbortSignal): Promise<Sweep> {
  const turns = pLimit(atOnce);
  const found = await Promise.all(
    environments.map((environment) =>
      turns(async () => {
        signal.throwIfAborted();
        try {
          return { due: (await dueAt(ports, environment, signal)).map((id) => ({ environment, id })), problems: [] };
        } catch (error) {
          if (!(error instanceof OutsideError)) throw error;
          return { due: [], problems: [{ environment: environment.name, message: explain(error) }] };
        }
      }),
    ),
  );
  return { due: found.flatMap(({ due }) => due), problems: found.flatMap(({ problems }) => problems) };
}

async function dueAt(ports: SweepPorts, environment: JudgedEnvironment, signal: AbortSignal): Promise<number[]> {
  const { repository } = environment;
  const asked = ports.forge(repository.forge);
  const { defaultBranch } = await asked.state(repository.path);
  const open = await asked.openRequests(repository.path, defaultBranch);
  await touchHolds(ports.store, repository, open);
  const scene = await sceneOf(ports.store, repository, open, await ports.run(environment, signal));
  const rules = rulesOf(environment);
  const due = await Promise.all(
    open.map(async (request) => {
      if (!(await isJudged(ports.store, repository, request, rules))) return true;
      const said = await saidComment(ports.store, repository, request);
      return said !== undefined && said.others !== othersAt(scene, request.id, asked.traits);
    }),
  );
  return open.filter((_, index) => due[index]).map(({ id }) => id);
}
