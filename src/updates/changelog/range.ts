import type { Tag } from '../../domain/forge.ts';

/** What is known of one end of the range. */
export interface End {
  /** As the registry writes it; the empty string where only a digest is written. */
  readonly version: string;
  /** `org.opencontainers.image.revision` of exactly this digest. */
  readonly revision?: string | undefined;
  readonly tag?: Tag | undefined;
}

/** Two revisions to compare: tags by name where there are some, else commits. */
export interface Range {
  readonly from: string;
  readonly to: string;
  readonly by: 'tags' | 'revisions';
}

/** What stands before the version in an app's tags, likeliest first: those that name the app come before the bare ones, for repositories with several apps. */
function tagPrefixes(names: readonly string[]): string[] {
  const own = names.flatMap((name) => [`${name}-v`, `${name}-`, `${name}/v`, `${name}/`, `${name}@v`, `${name}@`, `@${name}@`]);
  return [...own, 'v', '', 'release-', 'release/', 'release-v', 'release/v', 'version-'];
}

const preRelease = /^[-._]?(?:alpha|a|beta|b|rc|cr|m|pre|preview|dev|snapshot|nightly|canary|next|milestone|ea)[-._]?\d*(?:$|[-._+])/i;

/** How the source may write a version: without `v`, and without the registry's variant (`1.2.3-alpine`), but never a pre-release as the final one. */
export function spellings(version: string): string[] {
  const bare = version.replace(/^[vV](?=\d)/, '');
  const [, core = '', suffix = ''] = /^(\d+(?:\.\d+)*)(.*)$/.exec(bare) ?? [];
  if (core === '') return [version];
  if (suffix === '') return [bare];
  const build = bare.replace('_', '+');
  const released = preRelease.exec(suffix);
  const withoutVariant = released === null ? core : `${core}${/^[-._]?[a-z]+[-._]?\d*(?:\.\d+)*/i.exec(suffix)?.[0] ?? ''}`;
  return [...new Set([bare, build, withoutVariant])];
}

/** What the tags of a version have in common: a text to search by; empty where the version is no version (`latest`). */
export const searchText = (version: string): string => (/(?<!\d)\d+(?:\.\d+)+/.exec(version) ?? /^\D{0,20}\d+/.exec(version) ?? [''])[0];

/** An image that is tagged with the commit it was built from (`3f2a9c1`, `sha-3f2a9c1`): that commit. */
export function commitIn(version: string): string | undefined {
  const [, commit] = /^(?:sha-|git-)?((?=[0-9a-f]*[a-f])[0-9a-f]{7,40})$/.exec(version) ?? [];
  return commit;
}

/** The tags of both versions, written in the same way where such a pair exists. */
export function chooseTags(
  names: readonly string[],
  fromVersion: string,
  toVersion: string,
  tags: readonly Tag[],
): { readonly from?: Tag; readonly to?: Tag; readonly prefix?: string } {
  const byName = new Map(tags.map((tag) => [tag.name, tag]));
  const find = (prefix: string, version: string): Tag | undefined =>
    spellings(version)
      .map((spelling) => byName.get(prefix + spelling))
      .find((tag) => tag !== undefined);
  const found = tagPrefixes(names).map((prefix) => ({ prefix, from: find(prefix, fromVersion), to: find(prefix, toVersion) }));
  const pair = found.find(({ from, to }) => from !== undefined && to !== undefined);
  if (pair?.from !== undefined && pair.to !== undefined) return { from: pair.from, to: pair.to, prefix: pair.prefix };
  const from = found.find((each) => each.from !== undefined)?.from;
  const to = found.find((each) => each.to !== undefined);
  return { ...(from === undefined ? {} : { from }), ...(to?.to === undefined ? {} : { to: to.to, prefix: to.prefix }) };
}

export interface RangeChoice {
  /** To be tried in this order: the first that the repository has is shown. */
  readonly ranges: readonly Range[];
  /** What a reader should know, when the first range is shown or there is none. */
  readonly problems: readonly string[];
  /** The labels cannot have been set by this app's own builds. */
  readonly inherited: boolean;
}

/**
 * Which revisions to compare. Tags come first; when the images' labels say that something else was built, the labels do, because they
 * belong to exactly these digests, if the repository has those commits. A tag that only moved (same version) has nothing but the labels.
 */
export function chooseRange(from: End, to: End): RangeChoice {
  const moved = from.version === to.version;
  const byTags = !moved && from.tag !== undefined && to.tag !== undefined ? range(from.tag.name, to.tag.name, 'tags') : undefined;
  const same = from.revision !== undefined && from.revision === to.revision;
  const apart = [from, to].filter((end) => disagrees(end));
  if (byTags !== undefined && apart.length === 0) return choice([byTags]);
  if (same && (moved || byTags === undefined)) return { ...choice([], [sameRevision(from, to)]), inherited: !moved };
  if (byTags !== undefined && same) return { ...choice([byTags], apart.map(disagreement)), inherited: true };
  const start = from.revision ?? (moved ? undefined : from.tag?.name);
  const end = to.revision ?? (moved ? undefined : to.tag?.name);
  if (start === undefined || end === undefined) return choice([], [missing(from, to)]);
  const built = range(start, end, 'revisions');
  return byTags === undefined ? choice([built]) : choice([built, byTags], apart.map(disagreement));
}

const choice = (ranges: readonly Range[], problems: readonly string[] = []): RangeChoice => ({ ranges, problems, inherited: false });

const range = (from: string, to: string, by: Range['by']): Range => ({ from, to, by });

function disagrees({ tag, revision }: End): boolean {
  return tag !== undefined && revision !== undefined && !tag.commit.startsWith(revision) && !revision.startsWith(tag.commit);
}

function disagreement({ version, revision = '', tag }: End): string {
  return `Tag \`${tag?.name}\` is at \`${short(tag?.commit ?? '')}\`, but ${version} says that it was built from \`${short(revision)}\`: the changelog follows what was built.`;
}

function sameRevision(from: End, to: End): string {
  const built = `built from the same commit \`${short(to.revision ?? '')}\``;
  return from.version === to.version
    ? `Both digests were ${built}: what changed is what it was built on, not the source.`
    : `No changelog: both versions say that they were ${built}, most likely a label inherited from a base image, and the source has no tags for them.`;
}

function missing(from: End, to: End): string {
  if (from.version === to.version)
    return 'No changelog: the two digests carry no label `org.opencontainers.image.revision`, so nobody can tell which commits lie between them.';
  const versions = [from, to].filter(({ tag, revision }) => (tag?.name ?? revision) === undefined).map(({ version }) => `\`${version}\``);
  return `No changelog: the source has no tag for ${versions.join(' or ')}, and no label \`org.opencontainers.image.revision\` says what was built.`;
}

export const short = (commit: string): string => commit.slice(0, 8);
