import { explain } from '../domain/errors.ts';
import { readMarker } from '../domain/identifiers.ts';
import type { Reference } from '../domain/reference.ts';
import type { HeldVersion, Proposal, Update } from '../domain/update.ts';
import type { Ended } from './ended.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { Action } from './reconcile.ts';
import type { EndedReport, EnvironmentReport, HeldReport, ProposalReport, ScanReport, UpdateReport } from './report.ts';
import type { Scanned, ScanResult } from './scan.ts';
import type { AppOutcome } from './scan-environment.ts';

/** One environment's part of the report. */
export interface EnvironmentRows {
  readonly environment: EnvironmentReport;
  readonly proposals: readonly ProposalReport[];
  readonly ended: readonly EndedReport[];
  readonly held: readonly HeldReport[];
}

export const environmentRows = ({ now, apps, ended }: Scanned): EnvironmentRows => ({
  environment: environmentReport(now),
  proposals: apps.flatMap((app) => proposalReport(now.settings.name, app) ?? []),
  ended: ended.flatMap((one) => endedReport(now.settings.name, one) ?? []),
  held: apps.flatMap((app) => heldReports(now.settings.name, app)),
});

export const reportOf = ({ environments, errors }: ScanResult<EnvironmentRows>): ScanReport => ({
  environments: environments.map(({ environment }) => environment),
  proposals: environments.flatMap(({ proposals }) => proposals),
  ended: environments.flatMap(({ ended }) => ended),
  held: environments.flatMap(({ held }) => held),
  errors,
});

function environmentReport({ settings, state, references, warnings }: EnvironmentNow): EnvironmentReport {
  const repository = `${settings.repository.forge}:${settings.repository.path}`;
  return { name: settings.name, repository, commit: state.commit, references: references.length, warnings };
}

/** The proposal of an app, when there is one to show: what is held back is among the held, and what failed is an error. */
export function proposalReport(environment: string, { action: decided, url, problem }: AppOutcome): ProposalReport | undefined {
  const action = problem === undefined ? decided : leftAsItWas(decided, problem);
  if (action.kind === 'none' || action.kind === 'hold' || action.kind === 'tidy') return undefined;
  const shown = {
    environment,
    action: action.kind,
    ...(url !== undefined && { url }),
    ...('reason' in action && action.reason !== undefined && { reason: action.reason }),
  };
  if (action.kind === 'close') {
    const { request, marker } = action;
    return { ...shown, app: marker.app, branch: request.branch, title: request.title, updates: [] };
  }
  const { app, branch, title, updates, content } = action.proposal;
  if (action.kind === 'keep' && readMarker(action.request.description)?.content !== content) {
    return { ...shown, app, branch, title: action.request.title, updates: [] }; // what it carries is not what would be proposed now
  }
  return { ...shown, app, branch, title, updates: updates.map(updateReport) };
}

function leftAsItWas(action: Action, problem: unknown): Action {
  return action.kind === 'update' || action.kind === 'keep'
    ? { kind: 'keep', proposal: action.proposal, request: action.request, reason: explain(problem) }
    : { kind: 'none' };
}

export function updateReport({ reference, to, type }: Update): UpdateReport {
  const { file, line, package: of, version } = reference;
  const digest = to.digest ?? (to.sha256 && `sha256:${to.sha256}`);
  return {
    file,
    line,
    datasource: of.datasource,
    package: of.name,
    from: version,
    to: to.version,
    ...(digest !== undefined && { digest }),
    type,
  };
}

/** What people did is told for a week. */
function endedReport(environment: string, { isNews, ...ended }: Ended): EndedReport | undefined {
  return isNews ? { environment, ...ended } : undefined;
}

/** Versions not taken, references not looked up, and proposals that wait or were refused. */
function heldReports(environment: string, { action, looked }: AppOutcome): HeldReport[] {
  const versions = looked.flatMap(({ reference, held }) => held.map((one) => heldReport(environment, reference, one)));
  if (action.kind !== 'hold') return versions;
  return [...waiting(environment, action.proposal, action.reason), ...versions];
}

const waiting = (environment: string, { updates }: Proposal, reason: string): HeldReport[] =>
  updates.map(({ reference, to }) => heldReport(environment, reference, { version: to.version, reason }));

function heldReport(
  environment: string,
  { app, file, line, package: of, version: from }: Reference,
  { version, reason }: HeldVersion,
): HeldReport {
  return { environment, app, file, line, package: of.name, from, ...(version !== undefined && { to: version }), reason };
}
