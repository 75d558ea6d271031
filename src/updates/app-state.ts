import { OutsideError } from '../domain/errors.ts';
import type { Warning } from '../domain/reference.ts';
import type { Proposal, Update } from '../domain/update.ts';
import { inspectBranch } from './branches.ts';
import type { ForgeView } from './forge-view.ts';
import type { Looked } from './look-up.ts';
import { isListPartial } from './partial-list.ts';
import { makeProposals } from './proposal.ts';
import type { EnvironmentNow } from './read-environment.ts';
import { type AppState, isHalfClosed } from './reconcile.ts';
import type { RegistryView } from './registry-view.ts';
import type { Scan } from './scan.ts';

/** Everything that is decided on, for one app, as one look at the forge shows it; `looked` are its references, looked up. */
export async function appState(
  { scan, now }: { readonly scan: Pick<Scan, 'registry'>; readonly now: EnvironmentNow },
  view: Pick<ForgeView, 'place' | 'heads' | 'requests'>,
  app: string,
  looked: readonly Looked[],
): Promise<AppState> {
  const { place, heads } = view;
  const { state } = place;
  const proposal = await proposalOf(scan.registry, now, app, looked);
  const requests = view.requests.get(app) ?? [];
  const open = requests.find((request) => request.state === 'open');
  const name = proposal?.branch ?? (open ?? requests.find((request) => isHalfClosed(request, state)))?.branch;
  const target = open !== undefined && Object.hasOwn(heads, open.target) ? open.target : state.defaultBranch;
  const branch = name === undefined ? undefined : await inspectBranch(place, name, target);
  const partial = open !== undefined && (await isListPartial(scan.registry, looked, open));
  return {
    environment: now.settings.name,
    app,
    proposal,
    gone: whyGone(app, looked, now),
    certain:
      !partial && looked.every(({ certain }) => certain) && (looked.length > 0 || !now.warnings.some((one) => mayHide(one, branch?.files))),
    failed: [...new Set(looked.flatMap(({ failed, reference }) => (failed ? [reference.package.name] : [])))],
    repository: state,
    requests,
    branch,
    targetHeads: heads,
  };
}

/** An app that vanished may stand in a file that could not be read: one that our commit changes, any where that is not known. */
const mayHide = ({ file }: Warning, files: readonly string[] | undefined): boolean =>
  files === undefined || file === '.' || files.includes(file);

/** With the digests that are shown, from what was last heard: where nothing is pinned they are no part of the decision. */
async function proposalOf(
  registry: RegistryView,
  now: EnvironmentNow,
  app: string,
  looked: readonly Looked[],
): Promise<Proposal | undefined> {
  const updates = await Promise.all(
    looked.flatMap(({ update }) => (update === undefined ? [] : [update])).map((update): Promise<Update> => shownDigest(registry, update)),
  );
  return makeProposals(now.settings.name, updates).find((proposal) => proposal.app === app);
}

async function shownDigest(registry: RegistryView, update: Update): Promise<Update> {
  const { package: of } = update.reference;
  if (update.to.digest !== undefined || of.datasource !== 'oci') return update;
  const digest = await registry.lastKnownDigest(of, update.to.version).catch(unlessDefect);
  return digest === undefined ? update : { ...update, to: { ...update.to, digest } };
}

/** What is only shown may be missing. */
function unlessDefect(error: unknown): undefined {
  if (!(error instanceof OutsideError)) throw error;
}

function whyGone(app: string, looked: readonly Looked[], { state }: EnvironmentNow): string {
  if (looked.length === 0) return `no reference of ${app} is left on ${state.defaultBranch}`;
  const versions = [...new Set(looked.map(({ reference }) => reference.version))].join(', ');
  const reasons = [...new Set(looked.flatMap(({ reason }) => reason ?? []))].join('; ');
  return `${app} is at ${versions} on ${state.defaultBranch}: ${reasons}`;
}
