import pLimit from 'p-limit';
import { explain, OutsideError } from '../domain/errors.ts';
import type { EnvironmentForge } from '../domain/forge.ts';
import type { RequestForge } from '../domain/request-forge.ts';
import type { Store } from '../domain/store.ts';
import type { JudgedEnvironment } from './merge-request.ts';
import { isJudged } from './remembered.ts';
import { rulesOf } from './rules.ts';

export interface SweepPorts {
  forge(name: string): Pick<EnvironmentForge, 'state'> & Pick<RequestForge, 'openRequests'>;
  readonly store: Store;
}

export interface Sweep {
  /** Heads that nobody has judged, under these rules. */
  readonly unjudged: readonly { readonly environment: JudgedEnvironment; readonly id: number }[];
  /** By environment; the others were looked at all the same. */
  readonly problems: readonly { readonly environment: string; readonly message: string }[];
}

/** Environments looked at at once. */
const atOnce = 4;

/** Open merge requests whose head has no verdict, in all environments: deliveries get lost, and app.yml changes. */
export async function findUnjudged(ports: SweepPorts, environments: readonly JudgedEnvironment[], signal: AbortSignal): Promise<Sweep> {
  const turns = pLimit(atOnce);
  const found = await Promise.all(
    environments.map((environment) =>
      turns(async () => {
        signal.throwIfAborted();
        try {
          return { unjudged: (await unjudgedOf(ports, environment)).map((id) => ({ environment, id })), problems: [] };
        } catch (error) {
          if (!(error instanceof OutsideError)) throw error;
          return { unjudged: [], problems: [{ environment: environment.name, message: explain(error) }] };
        }
      }),
    ),
  );
  return { unjudged: found.flatMap(({ unjudged }) => unjudged), problems: found.flatMap(({ problems }) => problems) };
}

async function unjudgedOf(ports: SweepPorts, { repository, settings }: JudgedEnvironment): Promise<number[]> {
  const asked = ports.forge(repository.forge);
  const { defaultBranch } = await asked.state(repository.path);
  const open = await asked.openRequests(repository.path, defaultBranch);
  const rules = rulesOf(settings);
  const judged = await Promise.all(open.map((request) => isJudged(ports.store, repository, request, rules)));
  return open.filter((_, index) => judged[index] !== true).map(({ id }) => id);
}
