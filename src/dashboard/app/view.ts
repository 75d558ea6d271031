import type { Finding } from '../../domain/finding.ts';
import { isReadable } from '../../domain/journal.ts';
import { identityText } from '../../domain/ownership.ts';
import type { Viewer } from '../../domain/site.ts';
import { type AppObject, objectsOf } from './belonging.ts';
import { type Difference, differences } from './comparison.ts';
import type { AppPlace, AppSource, OpenGrant, PackageChanges, Wanted } from './source.ts';
import { type Range, type Timeline, type Track, timelineOf } from './timeline.ts';

/** Days, by what a link says; `all` begins with the first thing that is known. */
export const ranges = { '7d': 7, '30d': 30, '90d': 90, '1y': 365, all: Number.POSITIVE_INFINITY } as const;
export type RangeName = keyof typeof ranges;

export interface AppView {
  readonly app: string;
  readonly places: readonly SeenPlace[];
  readonly rangeName: RangeName;
  readonly range: Range;
  readonly timeline: Timeline;
  readonly comparison?: Comparison;
}

export interface SeenPlace extends AppPlace {
  readonly lastRun?: LastRun;
  readonly wanted?: AppWanted;
  /** It is what somebody has just asked to be looked at. */
  readonly looked?: true;
  /** Why what was to be looked at just now was not. */
  readonly lookProblem?: string;
  readonly grants: readonly OpenGrant[];
  /** Of the app, as far as they are known. */
  readonly namespaces: readonly string[];
}

export interface LastRun {
  readonly outcome: string;
  /** RFC 3339 */
  readonly at: string;
  readonly what: string;
}

/** What of an environment's objects and findings is the app's. */
export interface AppWanted extends Pick<Wanted, 'commit' | 'complete'> {
  /** The environment is at that commit still. */
  readonly isCurrent: boolean;
  readonly objects: readonly AppObject[];
  readonly findings: readonly Finding[];
}

export interface Comparison {
  readonly from: string;
  readonly to: string;
  readonly differences: readonly Difference[];
  readonly changes: readonly PackageChanges[];
}

interface Terms {
  readonly viewer: Viewer;
  readonly query: URLSearchParams;
  readonly now: Date;
}

/** All that the viewer may see of an app; undefined where that is nothing. */
export async function viewOf(source: AppSource, app: string, { viewer, query, now }: Terms): Promise<AppView | undefined> {
  const places = (await source.places(app)).filter(({ environment }) => viewer.sees(environment));
  if (places.length === 0) return undefined;
  const [read, comparison] = await Promise.all([
    Promise.all(places.map((place) => readPlace(source, app, place, query.get('checklist')))),
    comparisonOf(source, app, places, query),
  ]);
  const [tracks, entries] = [read.flatMap((one) => one.tracks), read.flatMap((one) => one.entries)];
  const { rangeName, range } = rangeOf(query.get('range'), tracks, now);
  return {
    app,
    places: read.map(({ place }) => place),
    rangeName,
    range,
    timeline: timelineOf(tracks, entries, range),
    ...(comparison !== undefined && { comparison }),
  };
}

const day = 86_400_000;
/** Of a picture, milliseconds. */
const shortest = 10 * 60_000;

/** A month where nobody chose, or all where less is known. */
function rangeOf(asked: string | null, tracks: readonly Track[], now: Date): Pick<AppView, 'rangeName' | 'range'> {
  const known = tracks.flatMap(({ points }) => points.map(({ at }) => Date.parse(at))).filter((time) => !Number.isNaN(time));
  const first = Math.min(now.getTime() - shortest, ...known);
  const usual = first > now.getTime() - 30 * day ? 'all' : '30d';
  const rangeName = asked !== null && Object.hasOwn(ranges, asked) ? (asked as RangeName) : usual;
  const from = rangeName === 'all' ? first : now.getTime() - ranges[rangeName] * day;
  return { rangeName, range: { from: new Date(from), until: now } };
}

async function readPlace(source: AppSource, app: string, place: AppPlace, looked: string | null) {
  const { environment } = place;
  const [history, entries, grants] = await Promise.all([
    source.history(environment, app),
    source.entries(environment, app),
    source.grants(place),
  ]);
  const known = looked === environment ? await source.look(place) : await source.wanted(place);
  const all = typeof known === 'string' ? await source.wanted(place) : known;
  const references = all === undefined ? [] : await source.references(place);
  const wanted = all && ofApp(all, place, objectsOf(all, { app, namespace: place.namespace, references }));
  const namespaces = [...new Set([place.namespace, ...(wanted?.objects ?? []).map(({ namespace }) => namespace)])].filter(
    (name): name is string => name !== undefined && name !== '',
  );
  const last = entries
    .filter((entry) => isReadable(entry) && entry.kind === 'deployment-run' && entry.facts['phase'] === 'end')
    .reduce<(typeof entries)[number] | undefined>(
      (newest, entry) => (newest === undefined || entry.at > newest.at ? entry : newest),
      undefined,
    );
  const seen: SeenPlace = {
    ...place,
    ...(last !== undefined && { lastRun: { outcome: String(last.facts['outcome']), at: last.at, what: last.what } }),
    ...(wanted !== undefined && { wanted }),
    ...(looked === environment && { looked: true as const }),
    ...(typeof known === 'string' && { lookProblem: known }),
    grants: grants.filter(({ namespace }) => namespaces.includes(namespace)),
    namespaces,
  };
  return { place: seen, entries, tracks: history.map((one): Track => ({ environment, ...one })) };
}

function ofApp({ commit, complete, findings }: Wanted, place: AppPlace, objects: readonly AppObject[]): AppWanted {
  const own = new Set(objects.map(identityText));
  return {
    commit,
    complete,
    isCurrent: place.commit === commit,
    objects,
    findings: findings.filter(({ object }) => object !== undefined && own.has(identityText(object))),
  };
}

/** Undefined where two environments of the app were not asked for. */
async function comparisonOf(
  source: AppSource,
  app: string,
  places: readonly AppPlace[],
  query: URLSearchParams,
): Promise<Comparison | undefined> {
  const [from, to] = ['from', 'to'].map((name) => places.find(({ environment }) => environment === query.get(name)));
  if (from === undefined || to === undefined || from === to) return undefined;
  const all = differences(from, to);
  const moves = all.flatMap((one) => (one.kind === 'move' ? [one.move] : []));
  const changes = await Promise.all(moves.slice(0, mostAsked).map((move) => source.changes(app, move)));
  return { from: from.environment, to: to.environment, differences: all, changes };
}

/** Packages of an app whose changes are asked for at once. */
const mostAsked = 10;
