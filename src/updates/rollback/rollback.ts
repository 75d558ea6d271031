import { UsageError } from '../../domain/errors.ts';
import type { Forge } from '../../domain/forge.ts';
import { nearest } from '../../domain/nearest.ts';
import type { Update } from '../../domain/update.ts';
import { editedFiles } from '../edited-files.ts';
import { findEnvironments } from '../find-environments.ts';
import { resolveRules } from '../package-rules.ts';
import { type EnvironmentNow, readEnvironment } from '../read-environment.ts';
import { viewRegistries } from '../registry-view.ts';
import { updateReport } from '../report-rows.ts';
import type { ScanPorts, ScanSettings } from '../scan.ts';
import { choose } from './choose.ts';
import { environmentRollback } from './environment.ts';
import { rolledBack } from './held.ts';
import { standings } from './history.ts';
import { markOf, rollbackProposal, withPins } from './make.ts';
import type { RollbackReport, RollbackRequest } from './request.ts';
import { ownReferences } from './standing.ts';
import { type Done, type Made, planned, written } from './write.ts';

/** Opens or updates the one merge request that goes back. Throws UsageError for what never ran there, and what forges throw. */
export async function rollback(ports: ScanPorts, settings: ScanSettings, request: RollbackRequest): Promise<RollbackReport> {
  const now = await readNow(ports, settings, request.environment);
  const forge = ports.forgeNow(now.settings.repository.forge);
  const { app } = request;
  const made = await (app === undefined
    ? environmentRollback({ ports, now, forge }, request)
    : appRollback({ ports, now, forge, settings }, { ...request, app }));
  return reportOf(made, await (request.dryRun ? planned(ports, made) : written(ports, made)));
}

async function readNow(ports: ScanPorts, settings: ScanSettings, name: string): Promise<EnvironmentNow> {
  const { environments, errors } = await findEnvironments(ports, settings.environments, [name]);
  const [one] = environments;
  if (one === undefined) throw new UsageError(`--env ${name}: ${errors[0]?.message ?? 'no such environment'}`);
  return await readEnvironment({ forge: ports.forgeNow(one.repository.forge), store: ports.store }, one);
}

interface Scene {
  readonly ports: ScanPorts;
  readonly now: EnvironmentNow;
  readonly forge: Forge;
  readonly settings: ScanSettings;
}

async function appRollback(
  { ports, now, forge, settings: { packages } }: Scene,
  request: RollbackRequest & { readonly app: string },
): Promise<Made> {
  const { app, to } = request;
  const { path } = now.settings.repository;
  const ownAt = async (commit: string) => ownReferences(await now.at(commit), app);
  const own = await ownAt(now.state.commit);
  if (own.length === 0) throw new UsageError(noSuchApp(now, app));
  const wanted = { ...request, to, rolledBack: rolledBack(await forge.mergeRequests(path)) };
  const { since, updates } = await choose(wanted, standings({ forge, progress: ports.progress, ownAt }, path, now.state.commit, own));
  const registry = viewRegistries(ports.datasources, ports.store, ports.now);
  const pinned = await Promise.all(updates.map((update) => withPins(update, registry)));
  const proposal = rollbackProposal(now.settings.name, app, pinned);
  const mark = markOf(pinned, request);
  const owner = now.apps[app]?.owner ?? ownerByRules(pinned, (name) => resolveRules(packages, now.settings.updates, name).owner);
  const facts = { mark, since, defaultBranch: now.state.defaultBranch };
  return {
    now,
    forge,
    proposal,
    mark,
    owner,
    describe: () => ports.texts.describeRollback({ proposal, now, owner, registry, packages }, facts),
    changes: async (base) => ({ files: editedFiles(proposal, await now.at(base)), removed: [] }),
  };
}

const ownerByRules = (updates: readonly Update[], ownerOf: (name: string) => string | undefined): string | undefined =>
  updates.map(({ reference }) => ownerOf(reference.package.name)).find((owner) => owner !== undefined);

function noSuchApp({ references, settings }: EnvironmentNow, app: string): string {
  const [standing] = references.filter((one) => one.app === app);
  if (standing !== undefined)
    return `--app ${app}: its versions cannot be edited: ${standing.file}:${standing.line} ${standing.skip ?? 'none is written'}`;
  const hint = nearest(
    app,
    references.map((one) => one.app),
  );
  return `--app ${app}: ${settings.name} has no such app${hint === undefined ? '' : `; did you mean "${hint}"?`}`;
}

function reportOf({ proposal: { environment, app, branch, title, updates } }: Made, { action, url }: Done): RollbackReport {
  if (action.kind === 'close' || action.kind === 'tidy' || action.kind === 'none')
    throw new Error(`a rollback does not end in ${action.kind}`);
  return {
    environment,
    ...(app !== '' && { app }),
    branch,
    title,
    action: action.kind,
    ...(url !== undefined && { url }),
    ...('reason' in action && action.reason !== undefined && { reason: action.reason }),
    updates: updates.map(updateReport),
  };
}
