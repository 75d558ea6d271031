import { UsageError } from '../../domain/errors.ts';
import type { Forge } from '../../domain/forge.ts';
import type { NewEntry } from '../../domain/journal.ts';
import { nearest } from '../../domain/nearest.ts';
import type { RollbackMark } from '../../domain/rollback.ts';
import type { Proposal } from '../../domain/update.ts';
import { inspectBranch, type Place, targetHeads } from '../branches.ts';
import { carryOut } from '../carry-out.ts';
import { editedFiles } from '../edited-files.ts';
import { findEnvironments } from '../find-environments.ts';
import { requireUnmoved } from '../forge-view.ts';
import { type Recorded, entryOf as updateEntry } from '../journal-entry.ts';
import { type PackageRule, resolveRules } from '../package-rules.ts';
import { type EnvironmentNow, readEnvironment } from '../read-environment.ts';
import type { Action } from '../reconcile.ts';
import { type RegistryView, viewRegistries } from '../registry-view.ts';
import type { UpdateReport } from '../report.ts';
import { updateReport } from '../report-rows.ts';
import type { ScanPorts, ScanSettings } from '../scan.ts';
import type { EnvironmentSettings } from '../settings.ts';
import { type Hold, writeTurns } from '../write-turns.ts';
import { choose } from './choose.ts';
import { decideRollback } from './decide.ts';
import { rolledBack } from './held.ts';
import { standings } from './history.ts';
import { markOf, rollbackProposal, withPins } from './make.ts';
import { ownReferences } from './standing.ts';
import type { RollbackFacts } from './text.ts';

/** Who wants what taken back. */
export interface RollbackRequest extends Pick<RollbackMark, 'by' | 'why'> {
  readonly environment: string;
  readonly app: string;
  /** A version that ran there before; without it the one before the current one. */
  readonly to?: string;
  /** Decides, and writes nothing outside. */
  readonly dryRun: boolean;
}

/** What `rollback --json` prints. */
export interface RollbackReport {
  readonly environment: string;
  readonly app: string;
  readonly branch: string;
  readonly title: string;
  /** `hold`: nothing may be opened, and `reason` says why. */
  readonly action: 'open' | 'update' | 'keep' | 'hold';
  /** Absent for a merge request that is not there (yet). */
  readonly url?: string;
  readonly reason?: string;
  readonly updates: readonly UpdateReport[];
}

/** Opens or updates the one merge request that takes an app back. Throws UsageError for what never ran there, and what forges throw. */
export async function rollback(ports: ScanPorts, settings: ScanSettings, request: RollbackRequest): Promise<RollbackReport> {
  const now = await readNow(ports, settings, request.environment);
  const { repository } = now.settings;
  const forge = ports.forgeNow(repository.forge);
  const own = ownReferences(await now.at(now.state.commit), request.app);
  if (own.length === 0) throw new UsageError(noSuchApp(now, request));
  const wanted = { ...request, to: request.to, rolledBack: rolledBack(await forge.mergeRequests(repository.path)) };
  const { since, updates } = await choose(wanted, standings({ forge, progress: ports.progress }, repository.path, now.state.commit, own));
  const registry = viewRegistries(ports.datasources, ports.store, ports.now);
  const pinned = await Promise.all(updates.map((update) => withPins(update, registry)));
  const proposal = rollbackProposal(request.environment, request.app, pinned);
  const facts = { mark: markOf(pinned, request), since, defaultBranch: now.state.defaultBranch };
  const made: Made = { ports, now, forge, registry, packages: settings.packages, proposal, facts };
  const { action, url } = await (request.dryRun ? dryRun(made) : written(made));
  return reportOf(proposal, action, url);
}

async function readNow(ports: ScanPorts, settings: ScanSettings, name: string): Promise<EnvironmentNow> {
  const { environments, errors } = await findEnvironments(ports, settings.environments, [name]);
  const [one]: readonly (EnvironmentSettings | undefined)[] = environments;
  if (one === undefined) throw new UsageError(`--env ${name}: ${errors[0]?.message ?? 'no such environment'}`);
  return await readEnvironment({ forge: ports.forgeNow(one.repository.forge), store: ports.store }, one);
}

function noSuchApp({ references, settings }: EnvironmentNow, { app }: RollbackRequest): string {
  const standing = references.filter((one) => one.app === app);
  const [skipped] = standing.flatMap(({ skip, file, line }) => (skip === undefined ? [] : [`${file}:${line} ${skip}`]));
  if (standing.length > 0) return `--app ${app}: its versions cannot be edited: ${skipped ?? 'none is written'}`;
  const hint = nearest(
    app,
    references.map((one) => one.app),
  );
  return `--app ${app}: ${settings.name} has no such app${hint === undefined ? '' : `; did you mean "${hint}"?`}`;
}

/** A rollback, ready to be written. */
interface Made {
  readonly ports: ScanPorts;
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  readonly registry: RegistryView;
  readonly packages: readonly PackageRule[];
  readonly proposal: Proposal;
  readonly facts: RollbackFacts;
}

interface Done {
  readonly action: Action;
  readonly url?: string;
}

async function dryRun(made: Made): Promise<Done> {
  const action = await decided(made, placeOf(made, made.now.state));
  return { action, ...('request' in action && { url: action.request.url }) };
}

/** The text first, since making it takes long; all else in one turn, on what the forge shows while nobody else writes. */
async function written(made: Made): Promise<Done> {
  const { ports, now, forge, proposal, facts } = made;
  const { path, forge: name } = now.settings.repository;
  const owner = ownerOf(made);
  const repository = `${name}:${path}`;
  const description = await ports.texts.describeRollback({ ...made, owner }, facts);
  return await writeTurns(
    ports.locks,
    ports.store,
    repository,
  )(async (hold: Hold) => {
    ports.signal.throwIfAborted();
    const state = await requireUnmoved({ forgeNow: forge, now });
    const action = await decided(made, placeOf(made, state));
    const request = await carryOut(
      {
        forge,
        store: ports.store,
        repository,
        path,
        defaultBranch: state.defaultBranch,
        owner,
        again: 'the next `lockkeeper rollback`',
        describe: () => Promise.resolve(description),
        record: async (of) => void (await ports.journal.record(entryOf(of, made, repository))),
        turn: (work) => {
          hold.stillHeld();
          return work(hold.stillHeld);
        },
        edited: async (_, base) => editedFiles(proposal, await now.at(base)),
      },
      action,
    );
    return { action, ...(request !== undefined && { url: request.url }) };
  });
}

const ownerOf = ({ now, packages, proposal: { app, updates } }: Made): string | undefined =>
  now.apps[app]?.owner ??
  updates
    .map(({ reference }) => resolveRules(packages, now.settings.updates, reference.package.name).owner)
    .find((owner) => owner !== undefined);

const placeOf = ({ ports, now, forge }: Made, state: Place['state']): Place => {
  const { forge: name, path } = now.settings.repository;
  return { forge, store: ports.store, repository: `${name}:${path}`, path, state };
};

async function decided({ forge, now, proposal, facts }: Made, place: Place): Promise<Action> {
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
    facts.mark,
  );
}

function entryOf(action: Recorded, { proposal, facts: { mark }, now }: Made, repository: string): NewEntry {
  const entry = updateEntry(action, proposal.app, now.settings.name, repository);
  return { ...entry, why: `asked for by ${mark.by}${mark.why === '' ? '' : `: ${mark.why}`}`, facts: { ...entry.facts, rollback: true } };
}

function reportOf({ environment, app, branch, title, updates }: Proposal, action: Action, url: string | undefined): RollbackReport {
  if (action.kind === 'close' || action.kind === 'tidy' || action.kind === 'none')
    throw new Error(`a rollback does not end in ${action.kind}`);
  return {
    environment,
    app,
    branch,
    title,
    action: action.kind,
    ...(url !== undefined && { url }),
    ...('reason' in action && action.reason !== undefined && { reason: action.reason }),
    updates: updates.map(updateReport),
  };
}
