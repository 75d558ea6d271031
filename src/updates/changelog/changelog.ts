import { explain, isPassing, OutsideError } from '../../domain/errors.ts';
import { requestWord, type SourceForge, type SourceHistory, type Tag } from '../../domain/forge.ts';
import type { Origin } from '../../markdown/links.ts';
import { type Group, makeEntries } from './entries.ts';
import { type Between, type CompareVersions, changelogBetween, notesBetween, type VersionNote } from './notes.ts';
import { chooseRange, chooseTags, commitIn, type End, type Range, type RangeChoice, searchText, short } from './range.ts';
import { type Forges, findSource, type Source, type SourceHints } from './source.ts';

/** What is known of one of the two versions before its source is asked. */
export interface ChangelogEnd {
  readonly version: string;
  /** `org.opencontainers.image.revision` of exactly this digest, or of this bundle. */
  readonly revision?: string | undefined;
}

export interface ChangelogRequest extends SourceHints {
  /** Other names that the app's tags may begin with: the last part of the image's name. */
  readonly names: readonly string[];
  readonly from: ChangelogEnd;
  readonly to: ChangelogEnd;
}

/** Plain data; every text in it is as it came from outside, except `problems`, which are ours. */
export interface Changelog {
  /** Where it comes from; absent when no source is known. */
  readonly origin?: Origin & { readonly projectUrl: string };
  readonly groups: readonly Group[];
  readonly notes: readonly VersionNote[];
  readonly compareUrl?: string;
  /** Commits in the range that were read. */
  readonly commits: number;
  /** There are more commits than were read. */
  readonly truncated: boolean;
  /** Whole sentences, for people; text from outside in them is not yet harmless. */
  readonly problems: readonly string[];
  /** Something could not be read that the next run may read. */
  readonly unread: boolean;
}

export interface ChangelogPorts {
  readonly forges: Forges;
  readonly compare: CompareVersions;
}

const fileLimit = 512 * 1024;

/** Answers of one run are shared: the same source and range is asked for once, whatever number of environments move to it. */
export function createChangelogs(ports: ChangelogPorts): (request: ChangelogRequest) => Promise<Changelog> {
  const made = new Map<string, Promise<Changelog>>();
  const sources = new Map<string, ReturnType<typeof findSource>>();
  return async (request) => {
    const { source, problems, unread } = await once(sources, keyOf(hintsOf(request)), () => findSource(request, ports.forges));
    if (source === undefined) return nothing({ problems, unread });
    const key = keyOf([source, request.app, request.names, request.from, request.to]);
    const changelog = await once(made, key, () => makeChangelog(ports, request, source));
    return { ...changelog, problems: [...problems, ...changelog.problems], unread: unread || changelog.unread };
  };
}

const keyOf = (parts: unknown): string => JSON.stringify(parts);
const hintsOf = ({ app, configured, environment, label, release, bundle, neighbours }: SourceHints) => [
  app,
  configured,
  environment,
  label,
  release,
  bundle,
  neighbours,
];
const nothing = (why: Pick<Changelog, 'problems' | 'unread'>): Changelog => ({
  groups: [],
  notes: [],
  commits: 0,
  truncated: false,
  ...why,
});

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const existing = made.get(key);
  if (existing !== undefined) return existing;
  const started = make();
  made.set(key, started);
  return started;
}

/**
 * The changelog of one source between two versions, in at most seven requests: two tag searches, release notes, the history (a second time
 * only when tags and labels disagree), merge requests, CHANGELOG.md. What cannot be read becomes a line in `problems`; nothing but a defect throws.
 */
async function makeChangelog(ports: ChangelogPorts, request: ChangelogRequest, source: Source): Promise<Changelog> {
  const forge = ports.forges.get(source.forge);
  if (forge === undefined) return nothing({ problems: [`No changelog: app.yml has no forge \`${source.forge}\`.`], unread: false });
  const asked: Asked = { forge, source, problems: [], failures: new Map(), unread: false };
  const moved = request.from.version === request.to.version;
  const [tags, releases] = await Promise.all([moved ? [] : allTags(asked, request), moved ? [] : releaseNotes(asked)]);
  const chosen = chooseTags([request.app, ...request.names], request.from.version, request.to.version, tags);
  const choice = chooseRange(endOf(request.from, chosen.from), endOf(request.to, chosen.to));
  const found = await findHistory(asked, choice);
  if (found === 'wrong source') return nothing({ problems: problemsOf(asked), unread: asked.unread });
  const between = { from: request.from.version, to: request.to.version, compare: ports.compare };
  const notes = notesBetween(releases, chosen.prefix ?? 'v', between);
  const [groups, sections] = await Promise.all([
    found === undefined ? [] : groupsOf(asked, found.history),
    moved || found === undefined || notes.length > 0 ? [] : sectionsOf(asked, found.range.to, between),
  ]);
  return {
    origin: { type: forge.traits.type, url: forge.traits.url, path: source.path, projectUrl: forge.projectUrl(source.path) },
    groups,
    notes: notes.length > 0 ? notes : sections,
    ...(found === undefined ? {} : { compareUrl: found.history.compareUrl }),
    commits: found?.history.commits.length ?? 0,
    truncated: found?.history.truncated ?? false,
    problems: problemsOf(asked),
    unread: asked.unread,
  };
}

interface Asked {
  readonly forge: SourceForge;
  readonly source: Source;
  readonly problems: string[];
  /** What could not be read, by cause. */
  readonly failures: Map<string, Set<string>>;
  unread: boolean;
}

/** A source that does not answer is one sentence, however much was asked of it. */
function problemsOf({ source, problems, failures }: Asked): string[] {
  const list = new Intl.ListFormat('en');
  return [...[...failures].map(([cause, what]) => `The ${list.format(what)} of ${source.path} could not be read: ${cause}`), ...problems];
}

/** The answer, or undefined after noting why there is none. */
async function ask<T>(asked: Asked, what: string, question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const cause = explain(error);
    asked.failures.set(cause, (asked.failures.get(cause) ?? new Set()).add(what));
    asked.unread ||= isPassing(error);
    return undefined;
  }
}

const endOf = ({ version, revision }: ChangelogEnd, tag: Tag | undefined): End => ({
  version,
  tag,
  revision: revision ?? commitIn(version),
});

const tagsAsked = 'tags';

async function allTags(asked: Asked, { from, to }: ChangelogRequest): Promise<Tag[]> {
  const texts = new Set(
    [from, to].map(({ version }) => (commitIn(version) === undefined ? searchText(version) : '')).filter((text) => text !== ''),
  );
  const found = [...texts].map((text) => ask(asked, tagsAsked, () => asked.forge.tags(asked.source.path, text)));
  return (await Promise.all(found)).flatMap((tags) => tags ?? []);
}

const releaseNotes = async (asked: Asked) => (await ask(asked, 'release notes', () => asked.forge.releaseNotes(asked.source.path))) ?? [];

interface Found {
  readonly range: Range;
  readonly history: SourceHistory;
}

/** The first range that the source has. `wrong source` when a label names a repository that cannot be the app's own. */
async function findHistory(
  asked: Asked,
  { ranges, problems: doubts, inherited }: RangeChoice,
): Promise<Found | 'wrong source' | undefined> {
  const { forge, source, problems, failures } = asked;
  const [first] = ranges;
  // Tags that could not be read are not missing.
  if (first === undefined && ![...failures.values()].some((what) => what.has(tagsAsked))) problems.push(...doubts);
  if (inherited && source.claim === 'label') {
    if (first !== undefined) problems.push(...doubts.map((doubt) => doubt.replace(/: the changelog.*/, '.')), inheritedFrom(source));
    return 'wrong source';
  }
  for (const range of ranges) {
    const history = await ask(asked, 'commits', async () => (await forge.history(source.path, range.from, range.to)) ?? 'missing');
    if (history === undefined) return undefined;
    if (history !== 'missing') {
      if (range === first && !inherited) problems.push(...doubts);
      return { range, history };
    }
    problems.push(`${source.path} does not have ${either(range)}${range.by === 'tags' ? '.' : `: ${inheritedFrom(source)}`}`);
    if (range.by === 'revisions' && source.claim === 'label') return 'wrong source';
  }
  return undefined;
}

const either = ({ from, to }: Range): string => `\`${shortened(from)}\` or \`${shortened(to)}\``;
const shortened = (revision: string): string => (/^[0-9a-f]{40,64}$/.test(revision) ? short(revision) : revision);

function inheritedFrom({ claim, path }: Source): string {
  const label = 'the label was most likely inherited from a base image';
  return claim === 'label'
    ? `${label}, so no changelog of ${path} is shown. Set \`source\` for the package in app.yml, or the labels \`org.opencontainers.image.source\` and \`…revision\` when building.`
    : `${label} and is ignored.`;
}

async function groupsOf(asked: Asked, { commits }: SourceHistory): Promise<Group[]> {
  const { forge, source } = asked;
  const [oldest] = commits.map(({ date }) => date).sort((a, b) => Date.parse(a) - Date.parse(b));
  if (oldest === undefined) return [];
  const merged = await ask(asked, `${requestWord(forge.traits.type)}s`, () => forge.mergedSince(source.path, oldest));
  return makeEntries(commits, merged ?? [], forge.traits.type === 'github' ? '#' : '!');
}

async function sectionsOf(asked: Asked, revision: string, between: Between): Promise<VersionNote[]> {
  const { forge, source } = asked;
  const file = await ask(asked, 'CHANGELOG.md', () => forge.file(source.path, revision, 'CHANGELOG.md', fileLimit));
  return file === undefined ? [] : changelogBetween(file, between);
}
