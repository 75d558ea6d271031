import type { DeployFailure, DeployReport, Drift } from '../domain/deployment.ts';
import { objectName } from '../domain/finding.ts';
import { count, some } from '../domain/wording.ts';
import { escaped, linked } from './mrkdwn.ts';
import { announce, type ThreadPorts } from './thread.ts';

/** A merge request that a run deploys, as people are told of it. */
export interface ToldRequest {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly by?: string;
}

/** What a message about a run says beside the run. */
export interface RunNews {
  readonly environment: string;
  /** `FORGE:PATH` */
  readonly repository: string;
  readonly commit: string;
  readonly requests: readonly ToldRequest[];
  /** Number of the journal's entry that this shows. */
  readonly shows: number;
}

const mostRequests = 5;
const mostFailures = 10;

/** A run has begun to write. Of what changes nothing nobody needs to hear. */
export const announceBegin = (ports: ThreadPorts, news: RunNews, trace: string): Promise<void> =>
  say(ports, news, { summary: `deploying${about(news)}`, event: 'Deploying', isNew: true }, trace);

/** How a run has ended; `offer` is what people can do about one that did not go well. */
export function announceEnd(ports: ThreadPorts, news: RunNews, report: DeployReport, offer: string, trace: string): Promise<void> {
  const { outcome } = report;
  const summary = `${outcome === 'succeeded' ? `deployed ${tally(report)}` : verbOf[outcome]}${about(news)}`;
  const isNew = outcome !== 'succeeded' || touched(report) > 0;
  const details = outcome === 'succeeded' ? '' : `\n${failureLines(report.failures)}\n${escaped(offer)}`;
  return say(ports, news, { summary: `${summary}${details}`, event: capitalized(summary), isNew }, trace);
}

const verbOf = { failed: 'the deployment *failed*', refused: 'the deployment was *refused*, and nothing was written' } as const;

const touched = ({ created, changed, pruned }: DeployReport): number => created.length + changed.length + pruned.length;

/** `1 created, 2 changed, 1 pruned` */
function tally(report: DeployReport): string {
  const counts = [
    [report.created.length, 'created'],
    [report.changed.length, 'changed'],
    [report.pruned.length, 'pruned'],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.length === 0 ? 'without a change' : told.join(', ');
}

function about({ commit, requests }: RunNews): string {
  if (requests.length === 0) return ` · ${commit.slice(0, 12)}`;
  const rest = requests.length - mostRequests;
  const shown = requests
    .slice(0, mostRequests)
    .map(({ title, url, by }) => `${linked(url, title)}${by === undefined ? '' : `, merged by ${escaped(by)}`}`);
  return ` · ${[...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')}`;
}

function failureLines(failures: readonly DeployFailure[]): string {
  const rest = failures.length - mostFailures;
  const lines = failures.slice(0, mostFailures).map((one) => `• ${escaped(failureText(one))}`);
  return [...lines, ...(rest > 0 ? [`• and ${rest} more`] : [])].join('\n');
}

const failureText = ({ object, message, help }: DeployFailure): string =>
  `${object === undefined ? '' : `${objectName(object)}: `}${message}${help === undefined ? '' : ` (${help})`}`;

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** One thread per commit of an environment: a run that is tried again is no other news. */
function say(
  ports: ThreadPorts,
  { environment, repository, commit, shows }: RunNews,
  { summary, event, isNew }: { readonly summary: string; readonly event: string; readonly isNew: boolean },
  trace: string,
): Promise<void> {
  const text = `*${escaped(environment)}*: ${summary}`;
  return announce(ports, `deployment ${repository} ${commit}`, { environment, text, shows, event, isNew }, trace);
}

/** What is not as it should be, from when it was first seen until it is gone. */
export interface DriftNews {
  readonly environment: string;
  readonly repository: string;
  /** When it was first seen: RFC 3339. */
  readonly since: string;
  readonly drifts: readonly Drift[];
  /** It is set back by itself. */
  readonly corrects: boolean;
  readonly shows: number;
}

const mostDrifts = 10;

/** One thread for each time that cluster and repository went apart. */
export function announceDrift(ports: ThreadPorts, news: DriftNews, trace: string): Promise<void> {
  const { environment, repository, since, drifts, shows, corrects } = news;
  const found = `${count(drifts.length, 'object')} in the cluster not as the repository says${corrects ? '; set back now' : ''}`;
  const rest = drifts.length - mostDrifts;
  const lines = drifts.slice(0, mostDrifts).map((one) => `• ${escaped(driftText(one))}`);
  const summary = drifts.length === 0 ? 'the cluster is as the repository says again' : found;
  const text = [`*${escaped(environment)}*: ${summary}`, ...lines, ...(rest > 0 ? [`• and ${rest} more`] : [])].join('\n');
  const thread = { environment, text, shows, event: capitalized(summary), isNew: drifts.length > 0 };
  return announce(ports, `drift ${repository} ${since}`, thread, trace);
}

const driftWords: Readonly<Record<Drift['kind'], string>> = {
  changed: 'is changed',
  missing: 'is missing',
  'not-deployed': 'is not deployed yet',
  'left-over': 'is left over',
  unknown: 'could not be compared',
};

function driftText({ object, kind, summary, by = [] }: Drift): string {
  const others = by.filter((name) => !summary.includes(name)); // most summaries say it themselves, and when
  return `${objectName(object)} ${driftWords[kind]}${summary === '' ? '' : `: ${summary}`}${others.length === 0 ? '' : ` (by ${some(others, 3)})`}`;
}
