import { readBook } from '../../access/grant/book.ts';
import { repositoryRef } from '../../config/repository.ts';
import type { AppPlace, AppRequest, AppSource, OpenGrant } from '../../dashboard/app/source.ts';
import type { RequestsSource, ShownRequest } from '../../dashboard/requests/source.ts';
import type { GrantRecord } from '../../domain/access.ts';
import type { EnvironmentSnapshot } from '../../domain/fleet.ts';
import type { Services } from '../../services.ts';
import { readSource } from '../../updates/changelog/source.ts';
import { readFleet, readHistory } from '../../updates/fleet/read.ts';
import { resolveRules } from '../../updates/package-rules.ts';
import { rememberedEnvironment } from '../../updates/read-environment.ts';
import { createChanges } from './app-changes.ts';
import { createLooks } from './app-objects.ts';
import type { DashboardParts } from './parts.ts';

type AppParts = Pick<DashboardParts, 'config' | 'services' | 'redact' | 'log' | 'journal'>;

/** What is known of apps: from the store and the journal, and from forges where somebody asks for more. */
export function createAppSource(parts: AppParts, requests: Pick<RequestsSource, 'all'>): AppSource {
  const { services, journal } = parts;
  const { store } = services.persistence;
  const { look, wanted } = createLooks(parts);
  return {
    places: async (app) => {
      const [fleet, all] = await Promise.all([readFleet(store, services.settings.environments), requests.all()]);
      const own = all.filter((one) => one.app === app && one.state === 'open');
      const places = await Promise.all(fleet.map((one) => placeOf(services, app, one, own)));
      return places.filter(({ rows, requests: open }) => rows.length + open.length > 0);
    },
    references: async ({ repository }) => {
      const ref = repositoryRef(repository);
      const content = ref && (await rememberedEnvironment(store, ref));
      return (content?.references ?? []).map(({ app, file, line }) => ({ app, file, line }));
    },
    history: (environment, app) => readHistory(store, environment, app),
    entries: async (environment, app) =>
      (await Promise.all([journal.entriesOf(environment, app), journal.entriesOf(environment, undefined)])).flat(),
    wanted,
    look,
    changes: createChanges(parts),
    grants: async ({ repository }) => (await readBook(store, repository)).grants.filter(({ state }) => state !== 'ended').map(openGrant),
  };
}

async function placeOf(
  { persistence, settings, forges }: Pick<Services, 'persistence' | 'settings' | 'forges'>,
  app: string,
  { environment, repository, url, commit, at, rows }: EnvironmentSnapshot,
  requests: readonly ShownRequest[],
): Promise<AppPlace> {
  const ref = repositoryRef(repository);
  const content = ref && (await rememberedEnvironment(persistence.store, ref));
  const own = content?.apps[app];
  const ofApp = rows.filter((row) => row.app === app);
  const ruled = ofApp.flatMap((row) => resolveRules(settings.packages, { types: [] }, row.package).source ?? []);
  const source = ruled[0] ?? own?.source;
  return {
    environment,
    repository,
    url,
    ...(commit !== undefined && { commit }),
    ...(at !== undefined && { at }),
    rows: ofApp,
    requests: requests.filter((one) => one.environment === environment).map(openRequest),
    ...(source !== undefined && { source: { name: source, url: pageOf(source, forges) } }),
    ...(own?.namespace !== undefined && { namespace: own.namespace }),
  };
}

const openRequest = ({ id, url, title, createdAt, kind, draft, conflicts, validate }: ShownRequest): AppRequest => ({
  id,
  url,
  title,
  createdAt,
  rollback: kind === 'rollback',
  draft,
  conflicts,
  ...(validate !== undefined && { verdict: { state: validate.state, description: validate.description } }),
});

/** Of the project; the text itself where that is on no forge of ours. */
function pageOf(source: string, forges: Services['forges']): string {
  const found = readSource(source, forges);
  return (found && forges.get(found.forge)?.projectUrl(found.path)) ?? source;
}

const openGrant = ({ grant: { namespace, subject, level, from, until, reason, approvedBy, url } }: GrantRecord): OpenGrant => ({
  namespace,
  subject: subject.kind === 'group' ? `group ${subject.name}` : subject.name,
  level,
  from,
  until,
  reason,
  approvedBy,
  url,
});
