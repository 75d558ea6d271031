import { type Entry, isReadable } from '../../domain/journal.ts';
import { parseVersion } from '../../domain/version.ts';
import { comparable, compareVersions } from '../../domain/version-order.ts';

/** One package of an app in an environment, as scans saw it over time. */
export interface Track {
  readonly environment: string;
  readonly package: string;
  readonly points: readonly Point[];
  /** When the app was first seen without it, RFC 3339; absent while it is there. */
  readonly leftAt?: string;
}

/** Another version was first seen. */
export interface Point {
  readonly version: string;
  /** RFC 3339 */
  readonly at: string;
  readonly commit: string;
}

export interface Range {
  readonly from: Date;
  readonly until: Date;
}

export interface Timeline {
  readonly lanes: readonly Lane[];
}

export interface Lane {
  readonly environment: string;
  /** The package, where several moved apart; '' where they did not. */
  readonly of: string;
  /** Oldest first, those that reach into the range. */
  readonly spans: readonly Span[];
  /** Oldest first, those within the range. */
  readonly marks: readonly Mark[];
}

/**
 * How its beginning is known. `merged`: the journal has the merge. `seen`: a scan was the first to see it, so that it came at some time since the scan before.
 * `before`: it was there when the first scan looked.
 */
export type Beginning = 'merged' | 'seen' | 'before';

/** A version, while it stood on the default branch. */
export interface Span {
  readonly version: string;
  /** RFC 3339 */
  readonly from: string;
  /** RFC 3339; absent while it stands there. */
  readonly until?: string;
  readonly beginning: Beginning;
  /** Who merged it, as the journal names people. */
  readonly by?: string;
  /** Page of the merge request. */
  readonly mergeRequest?: string;
  /** When the first run ended that brought it into the cluster. RFC 3339 */
  readonly deployedAt?: string;
  /** The version before, where this one went back. */
  readonly backFrom?: string;
}

export interface Mark {
  readonly kind: 'failed' | 'refused' | 'rollback';
  /** RFC 3339 */
  readonly at: string;
  readonly text: string;
}

/** Milliseconds that a forge's clock may be before or behind ours. */
const skew = 5 * 60_000;

/** What scans saw, with who merged it and which runs failed from the journal. Lanes stand in the order of the tracks; entries may stand in any. */
export function timelineOf(tracks: readonly Track[], entries: readonly Entry[], range: Range): Timeline {
  const byEnvironment = Map.groupBy(tracks, ({ environment }) => environment);
  const lanes = [...byEnvironment].flatMap(([environment, all]) => {
    const about = entries.filter((entry) => entry.environment === environment && isReadable(entry)).sort(byTime);
    const [first, ...others] = lanesOf(environment, all, about, range);
    if (first === undefined) return [];
    const marks = [...runMarks(about, range), ...first.marks].sort((one, other) => time(one.at) - time(other.at));
    return [{ ...first, marks }, ...others];
  });
  return { lanes };
}

const time = (at: string): number => Date.parse(at);
const byTime = (one: Entry, other: Entry): number => time(one.at) - time(other.at) || one.number - other.number;

/** Packages that moved together are one lane. */
function lanesOf(environment: string, tracks: readonly Track[], entries: readonly Entry[], range: Range): Lane[] {
  const moves = tracks.map((track) => ({ track, points: changesOf(track) })).filter(({ points }) => points.length > 0);
  const together = [...Map.groupBy(moves, ({ points }) => JSON.stringify(points.map(({ version, at }) => [version, at]))).values()];
  const firsts = together.flatMap(([first]) => first ?? []);
  return firsts.map(({ track, points }) => {
    const spans = spansOf(points, entries).filter(({ from, until }) => reaches(range, from, until));
    const of = firsts.length === 1 ? '' : track.package;
    return { environment, of, spans, marks: spans.flatMap((span) => rollbackMark(span, range)) };
  });
}

/**
 * In the order of their times; the same version seen again is no change. Versions that were seen at once stand beside one another: `1.4.2 + 1.5.0`.
 * The last is '' where the package is gone.
 */
function changesOf({ points, leftAt }: Track): readonly Point[] {
  const known = points.filter(({ at }) => !Number.isNaN(time(at)));
  const moments = [...Map.groupBy(known, ({ at }) => time(at)).values()].map(atOnce);
  const gone = leftAt === undefined || known.length === 0 ? [] : [{ version: '', at: leftAt, commit: '' }];
  const sorted = [...moments, ...gone].sort((one, other) => time(one.at) - time(other.at));
  return sorted.filter(({ version }, index) => version !== sorted[index - 1]?.version);
}

const atOnce = (points: readonly Point[]): Point => ({
  version: [...new Set(points.map(({ version }) => version))].join(' + '),
  at: points[0]?.at ?? '',
  commit: points.at(-1)?.commit ?? '',
});

function spansOf(points: readonly Point[], entries: readonly Entry[]): Span[] {
  const begun = points.map((point, index) => ({ point, ...beginningOf(point, points[index - 1], entries) }));
  return begun.flatMap(({ point, ...beginning }, index) => {
    if (point.version === '') return [];
    const until = begun[index + 1]?.from;
    const back = points[index - 1]?.version;
    const earlier = points.slice(0, index).some(({ version }) => version === point.version);
    const deployedAt = deployed(entries, point, beginning, until);
    return [
      {
        version: point.version,
        ...beginning,
        ...(until !== undefined && { until }),
        ...(deployedAt !== undefined && { deployedAt }),
        ...(back !== undefined && isBack(back, point.version, earlier) && { backFrom: back }),
      },
    ];
  });
}

/** The last merge to this version after the version before was seen, and before this one was. */
function beginningOf(
  { version, at }: Point,
  before: Point | undefined,
  entries: readonly Entry[],
): Pick<Span, 'from' | 'beginning' | 'by' | 'mergeRequest'> {
  const earliest = before === undefined ? Number.NEGATIVE_INFINITY : time(before.at) - skew;
  const merge = entries.findLast(
    (entry) => entry.kind === 'merge' && entry.facts['to'] === version && mergedAt(entry) >= earliest && mergedAt(entry) <= time(at) + skew,
  );
  if (merge === undefined) return { from: at, beginning: before === undefined ? 'before' : 'seen' };
  const [mergeRequest] = merge.links;
  const from = new Date(Math.min(Math.max(mergedAt(merge), before === undefined ? 0 : time(before.at)), time(at))).toISOString();
  return { from, beginning: 'merged', by: merge.actor, ...(mergeRequest !== undefined && { mergeRequest }) };
}

/** By the forge's clock where it says: a scan may see a merge much later. */
function mergedAt({ at, facts }: Entry): number {
  const said = facts['at'];
  const known = typeof said === 'string' ? time(said) : Number.NaN;
  return Number.isNaN(known) ? time(at) : known;
}

const runOutcome = ({ kind, facts }: Entry): unknown =>
  kind === 'deployment-run' && facts['phase'] === 'end' ? facts['outcome'] : undefined;

/** End of the first good run of that commit; where the merge is known, of one that began after it. */
function deployed(
  entries: readonly Entry[],
  { commit }: Point,
  { from, beginning }: Pick<Span, 'from' | 'beginning'>,
  until: string | undefined,
): string | undefined {
  const hasIt = (run: Entry): boolean => {
    if (run.facts['commit'] === commit) return true;
    const begin = entries.find(({ facts }) => facts['phase'] === 'begin' && facts['run'] === run.facts['run']);
    return beginning === 'merged' && time((begin ?? run).at) >= time(from) && (until === undefined || time(run.at) < time(until));
  };
  return entries.find((entry) => runOutcome(entry) === 'succeeded' && hasIt(entry))?.at;
}

function isBack(from: string, to: string, earlier: boolean): boolean {
  const [one, other] = [parseVersion(from), parseVersion(to)];
  if (one.kind !== 'version' || other.kind !== 'version' || !comparable(one, other)) return earlier;
  return compareVersions(other, one) < 0;
}

const reaches = ({ from, until }: Range, begin: string, end: string | undefined): boolean =>
  time(begin) < until.getTime() && (end === undefined || time(end) > from.getTime());

const isWithin = ({ from, until }: Range, at: string): boolean => time(at) >= from.getTime() && time(at) <= until.getTime();

function rollbackMark({ version, from, backFrom, by }: Span, range: Range): Mark[] {
  if (backFrom === undefined || !isWithin(range, from)) return [];
  return [{ kind: 'rollback', at: from, text: `back from ${backFrom} to ${version}${by === undefined ? '' : `, merged by ${by}`}` }];
}

const runMarks = (entries: readonly Entry[], range: Range): Mark[] =>
  entries.flatMap((entry): Mark[] => {
    const outcome = runOutcome(entry);
    if ((outcome !== 'failed' && outcome !== 'refused') || !isWithin(range, entry.at)) return [];
    return [{ kind: outcome, at: entry.at, text: entry.what }];
  });
