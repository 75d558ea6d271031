import type { DeployReport, Drift } from '../../domain/deployment.ts';
import { type ObjectId, objectName } from '../../domain/finding.ts';
import type { NewEntry } from '../../domain/journal.ts';
import { count, some } from '../../domain/wording.ts';
import type { DeployedRequest, MergedWork } from './merged.ts';

/** What a run is about, for the journal. */
export interface RunAbout {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly cluster: string;
  readonly commit: string;
  /** What came since the last good run; undefined for the first one. */
  readonly work: MergedWork | undefined;
  /** Why it runs though nothing came; what people read. */
  readonly because?: string;
}

const mostNamed = 5;
/** In one fact: an entry is read by people too. */
const mostListed = 500;

/** Before the first write. */
export function beginEntry(about: RunAbout, run: string, plan: { readonly created: number; readonly changed: number }): NewEntry {
  const { commit, cluster } = about;
  return {
    ...common(about, 'deployment-run'),
    what: `deploy ${short(commit)} to ${cluster}: ${count(plan.created, 'object')} to create, ${plan.changed} to change`,
    facts: { ...factsOf(about, run), phase: 'begin', create: plan.created, change: plan.changed },
  };
}

/** Before anything is deleted. */
export function pruneEntry(about: RunAbout, run: string, objects: readonly ObjectId[]): NewEntry {
  const names = objects.map(objectName);
  return {
    ...common(about, 'prune'),
    what: `prune ${count(names.length, 'object')} from ${about.cluster}: ${some(names, mostNamed)}`,
    facts: { ...factsOf(about, run), count: names.length, objects: some(names, mostListed) },
  };
}

/** After it; also of a run that was refused, which has written nothing. */
export function endEntry(about: RunAbout, report: DeployReport): NewEntry {
  const { run, outcome, created, changed, unchanged, pruned, failures } = report;
  const first = failures[0];
  const why = first === undefined ? '' : `: ${failureText(first)}${failures.length > 1 ? ` and ${failures.length - 1} more` : ''}`;
  return {
    ...common(about, 'deployment-run'),
    what: `the deployment of ${short(about.commit)} to ${about.cluster} ${outcome === 'refused' ? 'was refused' : outcome}${why}`,
    facts: {
      ...factsOf(about, run),
      phase: 'end',
      outcome,
      created: created.length,
      changed: changed.length,
      unchanged,
      pruned: pruned.length,
      failures: failures.length,
    },
  };
}

/** Once per change of what is found; empty: all is as it should be again. */
export function driftEntry(
  about: Pick<RunAbout, 'environment' | 'repository' | 'cluster' | 'commit'>,
  drifts: readonly Drift[],
  corrects: boolean,
): NewEntry {
  const names = drifts.map(({ object, kind }) => `${objectName(object)} (${kind})`);
  const hands = [...new Set(drifts.flatMap(({ by = [] }) => by))].sort();
  const found = `${count(drifts.length, 'object')} in ${about.cluster} not as ${short(about.commit)} says`;
  return {
    kind: 'drift',
    actor: 'lockkeeper',
    environment: about.environment,
    what: drifts.length === 0 ? `${about.cluster} is as ${short(about.commit)} says again` : `${found}: ${some(names, mostNamed)}`,
    why:
      drifts.length === 0
        ? 'nothing differs any more'
        : hands.length === 0
          ? 'cluster and repository differ'
          : `changed by ${some(hands, 5)}`,
    links: [],
    facts: {
      repository: about.repository,
      cluster: about.cluster,
      commit: about.commit,
      count: drifts.length,
      ...(drifts.length > 0 && { objects: some(names, mostListed), corrects }),
    },
  };
}

const failureText = ({ object, message }: DeployReport['failures'][number]): string =>
  `${object === undefined ? '' : `${objectName(object)}: `}${message.slice(0, 300)}`;

const short = (commit: string): string => commit.slice(0, 12);

const common = (about: RunAbout, kind: 'deployment-run' | 'prune'): Omit<NewEntry, 'what' | 'facts'> => ({
  kind,
  actor: 'lockkeeper',
  environment: about.environment,
  why: whyOf(about),
  links: [
    ...(about.work?.requests ?? []).slice(0, mostNamed).map(({ url }) => url),
    ...(about.work?.compareUrl === undefined ? [] : [about.work.compareUrl]),
  ].filter((url) => url !== ''),
});

function whyOf({ work, because }: RunAbout): string {
  if (because !== undefined) return because;
  if (work === undefined) return 'nothing is known of an earlier run';
  const { requests, note } = work;
  if (requests.length > 0) return some(requests.map(requestText), mostNamed);
  return note ?? 'the default branch moved, by no merge request';
}

const requestText = ({ id, title, author, by }: DeployedRequest): string =>
  `merge request ${id} (${title.slice(0, 200)}) of ${author}${by === undefined ? '' : `, merged by ${by}`}`;

const factsOf = ({ repository, cluster, commit, work }: RunAbout, run: string): NewEntry['facts'] => ({
  run,
  repository,
  cluster,
  commit,
  ...(work !== undefined &&
    work.requests.length > 0 && {
      mergeRequests: some(
        work.requests.map(({ id }) => String(id)),
        mostListed,
      ),
    }),
});
