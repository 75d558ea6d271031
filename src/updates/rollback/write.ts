import type { Forge } from '../../domain/forge.ts';
import type { NewEntry } from '../../domain/journal.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import type { Proposal } from '../../domain/update.ts';
import { inspectBranch, type Place, targetHeads } from '../branches.ts';
import { type Changes, carryOut } from '../carry-out.ts';
import { requireUnmoved } from '../forge-view.ts';
import { type Recorded, entryOf as updateEntry } from '../journal-entry.ts';
import type { EnvironmentNow } from '../read-environment.ts';
import type { Action } from '../reconcile.ts';
import type { ScanPorts } from '../scan.ts';
import { writeTurns } from '../write-turns.ts';
import { decideRollback } from './decide.ts';

/** A rollback, decided on and not yet written. */
export interface Made {
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  /** Its app is empty where it is the whole environment's. */
  readonly proposal: Proposal;
  readonly mark: RollbackMark;
  readonly owner: string | undefined;
  describe(): Promise<string>;
  /** On top of that commit. */
  changes(base: string): Promise<Changes>;
}

export interface Done {
  readonly action: Action;
  /** Of the merge request, where it is there. */
  readonly url?: string;
}

type Ports = Pick<ScanPorts, 'store' | 'locks' | 'journal' | 'signal'>;

/** What would be done, as the forge shows it now. */
export async function planned(ports: Pick<Ports, 'store'>, made: Made): Promise<Done> {
  const action = await decided(made, placeOf(ports, made, made.now.state));
  return { action, ...('request' in action && { url: action.request.url }) };
}

/** The text first, since making it takes long; all else in one turn, on what the forge shows while nobody else writes. */
export async function written(ports: Ports, made: Made): Promise<Done> {
  const { now, forge } = made;
  const { path, forge: name } = now.settings.repository;
  const repository = `${name}:${path}`;
  const description = await made.describe();
  const turn = writeTurns(ports.locks, ports.store, repository);
  return await turn(async ({ stillHeld }) => {
    ports.signal.throwIfAborted();
    const state = await requireUnmoved({ forgeNow: forge, now });
    const action = await decided(made, placeOf(ports, made, state));
    const request = await carryOut(
      {
        forge,
        store: ports.store,
        repository,
        path,
        defaultBranch: state.defaultBranch,
        owner: made.owner,
        again: 'the next `lockkeeper rollback`',
        describe: () => Promise.resolve(description),
        record: async (of) => void (await ports.journal.record(entryOf(of, made, repository))),
        turn: (work) => {
          stillHeld();
          return work(stillHeld);
        },
        edited: (_, base) => made.changes(base),
      },
      action,
    );
    return { action, ...(request !== undefined && { url: request.url }) };
  });
}

const placeOf = ({ store }: Pick<Ports, 'store'>, { now, forge }: Made, state: Place['state']): Place => {
  const { forge: name, path } = now.settings.repository;
  return { forge, store, repository: `${name}:${path}`, path, state };
};

async function decided({ forge, now, proposal, mark }: Made, place: Place): Promise<Action> {
  const requests = (await forge.mergeRequests(place.path)).filter(({ branch }) => branch === proposal.branch);
  const heads = await targetHeads(place, requests);
  const open = requests.find(({ state }) => state === 'open');
  const target = open !== undefined && Object.hasOwn(heads, open.target) ? open.target : place.state.defaultBranch;
  return decideRollback(
    {
      environment: now.settings.name,
      app: proposal.app,
      proposal,
      gone: '',
      certain: true,
      failed: [],
      repository: place.state,
      requests,
      branch: await inspectBranch(place, proposal.branch, target),
      targetHeads: heads,
    },
    mark,
  );
}

function entryOf(action: Recorded, { proposal, mark, now }: Made, repository: string): NewEntry {
  const { facts, ...entry } = updateEntry(action, proposal.app, now.settings.name, repository);
  const { app, ...others } = facts;
  const why = `asked for by ${mark.by}${mark.why === '' ? '' : `: ${mark.why}`}`;
  return { ...entry, why, facts: { ...others, ...(app !== undefined && app !== '' && { app }), rollback: true } };
}
