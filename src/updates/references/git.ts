import { isCommit } from '../../domain/digest.ts';
import type { Spot } from '../../domain/reference.ts';
import { parseVersion } from '../../domain/version.ts';
import type { Scalar } from '../../manifests/yaml-nodes.ts';
import { appOf, type Draft, numberTrouble, spot, trouble } from './draft.ts';
import { parseGitUrl, type RemoteTarget } from './git-url.ts';

/** A git repository and what of it is used, each in a scalar of its own: Flux, Argo CD. */
export interface GitVersion {
  readonly url: Scalar;
  readonly version: Scalar | undefined;
  readonly commit?: Scalar | undefined;
}

const tagsPrefix = 'refs/tags/';

export function gitDraft({ url, version, commit }: GitVersion): Draft {
  const { package: of, skip: badUrl } = parseGitUrl(url.value);
  const from = version?.value.startsWith(tagsPrefix) === true ? tagsPrefix.length : 0;
  const text = version?.value.slice(from) ?? '';
  const at = (version ?? commit ?? url).start + (version ? from : 0);
  const base = { app: appOf(of.name), package: of, version: text.slice(0, 128), at };
  const skip =
    badUrl ?? scalarTrouble(version, commit) ?? revisionTrouble(text, commit) ?? (version?.plain ? numberTrouble(text) : undefined);
  if (skip !== undefined || version === undefined) return { ...base, spots: [], skip: skip ?? noVersion };
  return { ...base, spots: [spot(version, 'version', from), ...(commit ? [spot(commit, 'commit')] : [])] };
}

const noVersion = 'no version is written';

function scalarTrouble(...scalars: readonly (Scalar | undefined)[]): string | undefined {
  return scalars.map((scalar) => scalar && trouble(scalar)).find((reason) => reason !== undefined);
}

function revisionTrouble(text: string, commit: Scalar | undefined): string | undefined {
  if (commit && !isCommit(commit.value)) return 'the commit is not written as 40 hexadecimal digits';
  if (commit && text === '') return 'only a commit is written: write its tag beside it to have both moved';
  return refTrouble(text);
}

/** Why a git revision is not one that moves. */
function refTrouble(text: string): string | undefined {
  if (text === '') return noVersion;
  if (/[*<>=^~|,\s]|(?:^|\.)[xX](?:\.|$)/.test(text))
    return `"${text.slice(0, 60)}" is a range, which takes newer versions by itself: write a tag to have it moved`;
  const { kind } = parseVersion(text);
  if (kind === 'commit') return `${text.slice(0, 12)} is a commit: write a tag to have it moved`;
  return kind === 'channel' ? `"${text.slice(0, 60)}" is a branch or a name, not a version: write a tag to have it moved` : undefined;
}

/** One scalar with repository and revision in it. */
export function remoteDraft(scalar: Scalar, { package: of, skip: badUrl, revision }: RemoteTarget): Draft {
  const version = revision === undefined ? '' : scalar.value.slice(revision.start, revision.end);
  const from = version.startsWith(tagsPrefix) ? tagsPrefix.length : 0;
  const text = version.slice(from);
  const base = { app: appOf(of.name), package: of, version: text.slice(0, 128) };
  const skip = badUrl ?? trouble(scalar) ?? refTrouble(text);
  if (skip !== undefined || revision === undefined) return { ...base, at: scalar.start, spots: [], skip: skip ?? noVersion };
  const spots: Spot[] = [spot(scalar, 'version', revision.start + from, revision.end)];
  return { ...base, at: spots[0]?.start ?? scalar.start, spots };
}
