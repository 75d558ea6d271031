import { OutsideError } from '../domain/errors.ts';
import { imageRepository } from '../domain/image.ts';
import { type Package, packageKey, type Reference } from '../domain/reference.ts';
import type { Release, ReleaseDetails } from '../domain/release.ts';
import type { RolledBack } from '../domain/rollback.ts';
import type { HeldVersion, Update } from '../domain/update.ts';
import type { Wish } from '../domain/wish.ts';
import type { Decision, UpdateRules } from './decision.ts';
import { decide } from './policy.ts';
import type { RegistryView } from './registry-view.ts';
import { settle } from './settle.ts';

/** What the registries say of one reference, decided. */
export interface Looked {
  readonly reference: Reference;
  readonly update?: Update;
  /** Higher versions that were not taken; one without a version where the reference is not looked up. */
  readonly held: readonly HeldVersion[];
  /** Why there is no update. */
  readonly reason?: string;
  /** Why what somebody asked for is not taken. */
  readonly refusedWish?: string;
  /** False when the look-up failed or the list may be incomplete. */
  readonly certain: boolean;
  /** Nothing could be learned of the package, and trying later may help; a package that does not exist holds up nobody. */
  readonly failed?: true;
  readonly problems: readonly OutsideError[];
}

/** Why a release may not be taken here yet; undefined when it may. */
export type Barred = (release: Release) => string | undefined;

/** What stands against a release beside the rules. */
export interface Against {
  readonly barred: Barred;
  /** Versions that the app was taken back from, of any package. */
  readonly rolledBack: readonly RolledBack[];
  /** Versions of this app's packages that somebody asked for; of the same package the last one counts. */
  readonly wishes: readonly Wish[];
}

/** Charts are SemVer by definition: https://helm.sh/docs/topics/charts/#charts-and-versioning */
export const versioningFor = ({ datasource }: Package, { versioning }: Pick<UpdateRules, 'versioning'>): string | undefined =>
  versioning ?? (datasource === 'helm' ? 'semver' : undefined);

/** Never throws for what is outside: a registry that fails is a problem of this reference, by name. */
export async function lookUp(reference: Reference, rules: UpdateRules, against: Against, registry: RegistryView): Promise<Looked> {
  const notLookedUp =
    reference.skip ?? (reference.version === '' ? 'only a digest is written; write name:tag@digest to have it moved' : undefined);
  if (notLookedUp !== undefined) return { reference, held: [{ reason: notLookedUp }], reason: notLookedUp, certain: true, problems: [] };
  try {
    return await decideReference(reference, rules, against, registry);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const known = { reference, held: [{ reason: error.message }], reason: error.message, certain: false, problems: [error] };
    return error.status === 404 ? known : { ...known, failed: true };
  }
}

const noVersions = 'its registry lists no version of it; is the name right?';

const hostOf = ({ datasource, name }: Package): string =>
  datasource === 'oci' ? imageRepository(name).host : (name.split('/')[0] ?? name);

async function decideReference(reference: Reference, rules: UpdateRules, against: Against, registry: RegistryView): Promise<Looked> {
  const { package: of, version: current, digest } = reference;
  const list = await registry.releases(of);
  const problems = list.complete ? [] : [new OutsideError(hostOf(of), list.problem ?? `listing ${of.name}: the list is incomplete`)];
  const moved = digest !== undefined && rules.types.includes('digest') ? await movedDigest(reference, registry) : {};
  const input = {
    current: { version: current, ...(digest !== undefined && { digest }) },
    rules: { ...rules, versioning: versioningFor(of, rules) },
    barred: against.barred,
    rolledBack: against.rolledBack.filter((one) => one.app === reference.app && one.package === packageKey(of)),
    wish: against.wishes.findLast((one) => one.package === of.name),
    ...moved,
  };
  const needs = reference.spots.map(({ holds }) => holds).filter((holds) => holds !== 'version');
  const isListed = (to: Release): boolean => needs.every((holds) => to[holds] !== undefined) && to.unproven === undefined;
  const { decision, details, missing } = await withFile(
    (releases) => decide({ ...input, list: { ...list, releases } }),
    list.releases,
    async (to) => (isListed(to) ? undefined : registry.details(of, to.version)),
  );
  const { wish } = decision;
  const refusedWish = missing.find(({ version }) => version === input.wish?.version)?.reason ?? decision.refusedWish;
  const refused = refusedWish === undefined ? {} : { refusedWish };
  const known = { reference, held: [...missing, ...decision.held], certain: list.complete, problems, ...refused };
  // An index that is being rebuilt knows nothing either: that takes nothing back.
  if (decision.kind === 'none' && list.releases.length === 0)
    return { ...known, held: [{ reason: noVersions }], reason: noVersions, certain: false };
  if (decision.kind === 'none') return { ...known, reason: decision.reason };
  const settled = settle(decision, needs, details);
  const held = [...missing, ...settled.held];
  if (settled.kind === 'none') return { ...known, held, reason: settled.reason };
  return { ...known, update: { reference, to: settled.to, type: settled.type, held, ...(wish !== undefined && { wish }) } };
}

/** Releases that are asked for a file that they do not have, per look-up. */
const mostMissing = 10;

interface WithFile {
  readonly decision: Decision;
  readonly details: ReleaseDetails | undefined;
  readonly missing: readonly HeldVersion[];
}

/** The decision on those that have their file: where the list does not tell, the one decided on is asked, and the next when it has none. */
async function withFile(
  decideAmong: (releases: readonly Release[]) => Decision,
  releases: readonly Release[],
  detailsOf: (to: Release) => Promise<ReleaseDetails | undefined>,
  missing: readonly HeldVersion[] = [],
): Promise<WithFile> {
  const decision = decideAmong(releases);
  if (decision.kind === 'none') return { decision, details: undefined, missing };
  const { to, held } = decision;
  const details = await detailsOf(to);
  if (to.unproven === undefined || details !== undefined) return { decision, details, missing };
  const reason = `${to.version} does not have this file (yet)`;
  const more = [...missing, { version: to.version, reason }];
  if (more.length === mostMissing) return { decision: { kind: 'none', reason, held }, details, missing: more };
  const others = releases.filter(({ version }) => version !== to.version);
  return withFile(decideAmong, others, detailsOf, more);
}

interface Moved {
  readonly currentDigest?: string;
  readonly currentPlatforms?: ReleaseDetails['platforms'];
  readonly newPlatforms?: ReleaseDetails['platforms'];
}

/** What the written tag points to now, and what it pointed to when it was pinned. */
async function movedDigest({ package: of, version, digest }: Reference, registry: RegistryView): Promise<Moved> {
  const now = await registry.details(of, version);
  if (now?.digest === undefined || now.digest === digest) return {};
  const before = await registry.details(of, version, digest);
  return {
    currentDigest: now.digest,
    ...(now.platforms && { newPlatforms: now.platforms }),
    ...(before?.platforms && { currentPlatforms: before.platforms }),
  };
}
