import { type AccessBook, readBook } from '../../access/grant/book.ts';
import type { RequestKind, RequestsSource, ShownRequest } from '../../dashboard/requests/source.ts';
import type { EnvironmentSnapshot, OpenRequest } from '../../domain/fleet.ts';
import type { CommitStatus } from '../../domain/forge.ts';
import { branchPrefix, readMarker } from '../../domain/identifiers.ts';
import type { ListedMergeRequest, PagesSource } from '../../domain/pages.ts';
import type { Queue } from '../../domain/queue.ts';
import type { Store } from '../../domain/store.ts';
import type { Services } from '../../services.ts';
import { readFleet } from '../../updates/fleet/read.ts';
import { saidStatus } from '../../validation/said.ts';
import { judgedNow } from './judged-now.ts';
import type { DashboardParts } from './parts.ts';

interface Parts extends Pick<DashboardParts, 'judgeAgain'> {
  readonly services: {
    readonly settings: Services['settings'];
    readonly persistence: { readonly store: Store; queue(): Pick<Queue, 'list'> };
  };
}

/** Those of the local forge as they are now; of others what scans, validation and the gate of access remember. No forge is asked. */
export const requestsSource = (
  parts: Parts,
  local: { readonly forge: string; readonly source: PagesSource } | undefined,
): RequestsSource => ({
  async all() {
    const { services } = parts;
    const { store } = services.persistence;
    const [fleet, judging, listed] = await Promise.all([
      readFleet(store, services.settings.environments),
      judgedNow(services.persistence.queue()),
      local?.source.list() ?? [],
    ]);
    const elsewhere = fleet.filter(({ repository }) => refOf(repository).forge !== local?.forge);
    const remembered = await Promise.all(elsewhere.map((snapshot) => rememberedIn(store, snapshot)));
    const live = local === undefined ? [] : listed.flatMap((one) => shownLive(one, local.forge, fleet));
    return [...live, ...remembered.flat()].map((one) => ({ ...one, judging: judging.has(`${one.repository}!${one.id}`) }));
  },
  judgeAgain: parts.judgeAgain,
});

type Known = Omit<ShownRequest, 'judging'>;

function refOf(repository: string) {
  const colon = repository.indexOf(':');
  return { forge: repository.slice(0, colon), path: repository.slice(colon + 1) };
}

const ownerIn = ({ rows }: Pick<EnvironmentSnapshot, 'rows'>, app: string | undefined) => {
  const owner = app === undefined ? undefined : rows.find((row) => row.app === app)?.owner;
  return { ...(app !== undefined && app !== '' && { app }), ...(owner !== undefined && { owner }) };
};

async function rememberedIn(store: Store, snapshot: EnvironmentSnapshot): Promise<readonly Known[]> {
  const book = await readBook(store, snapshot.repository);
  const updates = await Promise.all(snapshot.requests.map((request) => update(store, snapshot, request)));
  return [...updates, ...accessRequests(book, snapshot)];
}

async function update(store: Store, snapshot: EnvironmentSnapshot, request: OpenRequest): Promise<Known> {
  const { environment, repository } = snapshot;
  const { id, url, title, app, rollback, createdAt, conflicts } = request;
  const said = await saidStatus(store, refOf(repository), request);
  return {
    environment,
    repository,
    id,
    url,
    title,
    ...ownerIn(snapshot, app),
    kind: rollback === true ? 'rollback' : 'update',
    state: 'open',
    createdAt,
    draft: /^draft:/i.test(title),
    conflicts,
    ...(said !== undefined && { validate: said }),
  };
}

/** As the gate last judged them. */
const accessRequests = ({ requests }: AccessBook, { environment, repository }: EnvironmentSnapshot): readonly Known[] =>
  Object.entries(requests).map(([id, { url, title, missing, seenAt }]) => ({
    environment,
    repository,
    id: Number(id),
    url,
    title,
    kind: 'access',
    state: 'open',
    createdAt: seenAt,
    draft: false,
    conflicts: false,
    access:
      missing.length === 0 ? { state: 'success', description: 'nothing is missing' } : { state: 'failure', description: missing.join(' ') },
  }));

/** Nothing of a repository that is no environment. */
function shownLive(
  { path, environment, mergeRequest, statuses }: ListedMergeRequest,
  forge: string,
  fleet: readonly EnvironmentSnapshot[],
): readonly Known[] {
  if (environment === undefined) return [];
  const { id, title, state, createdAt, endedAt, conflicts, description } = mergeRequest;
  const of = (name: string): CommitStatus | undefined => statuses.find((one) => one.name === name);
  const [validate, access] = [of('lockkeeper/validate'), of('lockkeeper/access')];
  const repository = `${forge}:${path}`;
  const snapshot = fleet.find((one) => one.repository === repository) ?? { rows: [] };
  return [
    {
      environment,
      repository,
      id,
      url: `/${path}/merge_requests/${id}`,
      title,
      ...ownerIn(snapshot, readMarker(description)?.app),
      kind: kindOf(mergeRequest, access !== undefined),
      state,
      createdAt,
      ...(endedAt !== undefined && { endedAt }),
      draft: /^(?:draft:|\[draft\]|\(draft\))/i.test(title),
      conflicts,
      ...(validate !== undefined && { validate }),
      ...(access !== undefined && { access }),
    },
  ];
}

function kindOf({ branch, description }: ListedMergeRequest['mergeRequest'], isGated: boolean): RequestKind {
  if (isGated) return 'access';
  if (!branch.startsWith(branchPrefix)) return 'other';
  return readMarker(description)?.rollback === undefined ? 'update' : 'rollback';
}
