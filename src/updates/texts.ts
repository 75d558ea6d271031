import type { Readable } from 'node:stream';
import { explain, isPassing, OutsideError, UsageError } from '../domain/errors.ts';
import type { Forge, RepositoryRef } from '../domain/forge.ts';
import { revisionLabel, sourceLabel } from '../domain/labels.ts';
import { isBundle } from '../domain/reference.ts';
import type { ReleaseDetails } from '../domain/release.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { parseVersion } from '../domain/version.ts';
import { comparable, compareVersions } from '../domain/version-order.ts';
import { type BundleDiff, createBundleDiffs } from './bundle-diffs.ts';
import { type ChangelogRequest, createChangelogs } from './changelog/changelog.ts';
import { neighbours } from './changelog/source.ts';
import { describeProposal, moveKey, type ProposalFacts, type UpdateFacts } from './merge-request.ts';
import { type PackageRule, resolveRules } from './package-rules.ts';
import type { EnvironmentNow } from './read-environment.ts';
import type { RegistryView } from './registry-view.ts';
import { describeRollback, type RollbackFacts } from './rollback/text.ts';
import { changelogPart } from './text/changelog.ts';

/** What tells where the source of an update is. */
export interface SourceTerms {
  readonly now: Pick<EnvironmentNow, 'settings' | 'apps'>;
  readonly registry: RegistryView;
  readonly packages: readonly PackageRule[];
}

/** What a proposal's text is made from. */
export interface DescribeInput extends SourceTerms {
  readonly proposal: Proposal;
  readonly now: EnvironmentNow;
  readonly owner: string | undefined;
}

/** What lies between two versions. */
export interface UpdateText {
  /** Markdown, as a merge request says it. */
  readonly text: string;
  /** The source was found, and all of it could be read: asked again, it says the same. */
  readonly whole: boolean;
}

/** The texts of one scan: what several environments need is read once. */
export interface Texts {
  /** The merge request's description. Whatever cannot be read is a line in it; nothing outside makes it fail. */
  describe(of: DescribeInput): Promise<string>;
  /** The same of a merge request that takes versions back. */
  describeRollback(of: DescribeInput, rollback: RollbackFacts): Promise<string>;
  /** The part of it that is about one update, without a merge request. */
  changelog(update: Update, of: SourceTerms): Promise<UpdateText>;
}

export interface TextPorts {
  readonly forges: ReadonlyMap<string, Forge>;
  /** A bundle's bytes; undefined when there is none at the URL. Throws OutsideError. */
  download(url: string): Promise<Readable | undefined>;
}

/** One for each scan. */
export function createTexts(ports: TextPorts, now: Date): Texts {
  const changelogs = createChangelogs({ forges: ports.forges, compare: compareTexts });
  const bundleDiffs = createBundleDiffs((url) => ports.download(url));
  const factsOf = async (update: Update, input: SourceTerms, isRollback: boolean): Promise<UpdateFacts> => {
    const bundle = isBundle(update.reference.package) ? await bundleDiffs(update) : undefined;
    const [from, to] = await Promise.all([
      detailsOf(input.registry, update, update.reference.version, update.reference.digest),
      detailsOf(input.registry, update, update.to.version, update.to.digest),
    ]);
    const known = { from: from.details, to: to.details, bundle };
    const changelog = await changelogs(
      isRollback && isBack(update) ? requestOf(reversed(update), input, swapped(known)) : requestOf(update, input, known),
    );
    const problems = [from, to].flatMap(({ problem }) => problem ?? []);
    return {
      from: from.details,
      to: to.details,
      changelog: { ...changelog, problems: [...problems, ...changelog.problems] },
      unread: [from, to, changelog, bundle].some((one) => one?.unread === true),
      ...(bundle !== undefined && { bundle: { diff: bundle.diff, problems: bundle.problems } }),
    };
  };
  const allFacts = async (input: DescribeInput, isRollback: boolean): Promise<ProposalFacts> => {
    const { proposal, now: environment, owner } = input;
    const { forge: name } = environment.settings.repository;
    const forge = ports.forges.get(name);
    if (forge === undefined) throw new UsageError(`app.yml has no forge named "${name}"`);
    const moves = new Map(proposal.updates.map((update) => [moveKey(update), update]));
    const facts = [...moves].map(async ([key, update]) => [key, await factsOf(update, input, isRollback)] as const);
    return { now, traits: forge.traits, owner, updates: new Map(await Promise.all(facts)) };
  };
  return {
    describe: async (input) => describeProposal(input.proposal, await allFacts(input, false)).description,
    describeRollback: async (input, rollback) => describeRollback(input.proposal, rollback, await allFacts(input, true)),
    changelog: async (update, of) => {
      const { changelog, unread } = await factsOf(update, of, false);
      return {
        text: changelog === undefined ? '' : changelogPart(changelog, '', now).text,
        whole: changelog?.origin !== undefined && unread !== true,
      };
    },
  };
}

/** What is between the two is what is undone; where a version is brought back, it is what comes with it. */
const isBack = ({ reference, to }: Update): boolean => !((compareTexts(to.version, reference.version) ?? 0) > 0);

const reversed = ({ reference, to, ...rest }: Update): Update => ({
  ...rest,
  reference: { ...reference, version: to.version },
  to: { version: reference.version },
});

const swapped = ({ from, to, bundle }: Known): Known => ({
  from: to,
  to: from,
  bundle: bundle && {
    problems: [],
    unread: false,
    ...(bundle.to !== undefined && { from: bundle.to }),
    ...(bundle.from !== undefined && { to: bundle.from }),
  },
});

/** Of exactly the digest, where one is known; a registry that does not answer is a line in the text. */
async function detailsOf(
  registry: RegistryView,
  { reference: { package: of } }: Update,
  version: string,
  digest: string | undefined,
): Promise<{ readonly details?: ReleaseDetails; readonly problem?: string; readonly unread?: boolean }> {
  try {
    const details = await registry.details(of, version, digest);
    return details === undefined ? {} : { details };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { problem: `What the registry knows of ${version} could not be read: ${explain(error)}.`, unread: isPassing(error) };
  }
}

interface Known {
  readonly from: ReleaseDetails | undefined;
  readonly to: ReleaseDetails | undefined;
  readonly bundle: BundleDiff | undefined;
}

function requestOf({ reference, to }: Update, { now, packages }: SourceTerms, known: Known): ChangelogRequest {
  const { app, package: of } = reference;
  const bundle = known.bundle?.to ?? known.bundle?.from;
  return {
    app,
    names: [...new Set([of.name.slice(of.name.lastIndexOf('/') + 1)])].filter((name) => name !== app),
    from: { version: reference.version, revision: known.from?.labels[revisionLabel] ?? known.bundle?.from?.revision },
    to: { version: to.version, revision: known.to?.labels[revisionLabel] ?? known.bundle?.to?.revision },
    configured: resolveRules(packages, now.settings.updates, of.name).source,
    environment: now.apps[app]?.source,
    [of.datasource === 'oci' ? 'label' : 'release']: known.to?.labels[sourceLabel] ?? known.from?.labels[sourceLabel],
    bundle: bundle?.source,
    neighbours: neighbours(app, of.name, now.settings.repository.forge, otherSources(now, packages)),
  };
}

/** Where the sources of other apps are, as far as anybody wrote it down. */
function otherSources({ apps }: Pick<EnvironmentNow, 'apps'>, packages: readonly PackageRule[]): RepositoryRef[] {
  const written = [...Object.values(apps), ...packages].flatMap(({ source }) => source ?? []);
  return written.flatMap((text) => {
    const colon = text.indexOf(':');
    return colon > 0 ? [{ forge: text.slice(0, colon), path: text.slice(colon + 1) }] : [];
  });
}

function compareTexts(a: string, b: string): number | undefined {
  const [one, other] = [parseVersion(a), parseVersion(b)];
  return one.kind === 'version' && other.kind === 'version' && comparable(one, other) ? compareVersions(one, other) : undefined;
}
