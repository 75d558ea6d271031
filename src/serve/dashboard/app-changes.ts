import { repositoryRef } from '../../config/repository.ts';
import type { AppPlace, AppSource, Move, PackageChanges } from '../../dashboard/app/source.ts';
import { explain } from '../../domain/errors.ts';
import { packageKey, type Reference } from '../../domain/reference.ts';
import type { Update } from '../../domain/update.ts';
import { knownEnvironments } from '../../updates/fleet/read.ts';
import { type EnvironmentContent, rememberedEnvironment } from '../../updates/read-environment.ts';
import { viewRegistries } from '../../updates/registry-view.ts';
import type { EnvironmentSettings } from '../../updates/settings.ts';
import type { SourceTerms } from '../../updates/texts.ts';
import { boundedWork } from './bounded.ts';
import type { DashboardParts } from './parts.ts';

/** Milliseconds that a page waits for a source's forge. */
const patience = 15_000;
const space = 'changes';

/** What lies between two versions, as a merge request that moves from one to the other says it; asked for once, whoever asks. */
export function createChanges({ services, redact, log }: Pick<DashboardParts, 'services' | 'redact' | 'log'>): AppSource['changes'] {
  const bounded = boundedWork<string>(patience);
  const { store } = services.persistence;
  return async (app, move) => {
    const told = { package: move.package, from: move.from.version, to: move.to.version };
    const [from, to] = await Promise.all([move.from, move.to].map(({ place, version }) => placed(services, app, move, place, version)));
    if (from === undefined || to === undefined)
      return { ...told, problem: 'The environments have moved since the last scan: the next one tells.' };
    const key = keyOf(services, from, to);
    const known = await store.get<string>(space, key);
    if (known !== undefined) return { ...told, markdown: known };
    try {
      const markdown = await bounded(key, () => ask(services, updateOf(from, to), termsOf(app, from, to), key));
      return markdown === undefined ? { ...told, problem: late } : { ...told, markdown };
    } catch (error) {
      log.warn({ app, package: move.package }, `changes between ${told.from} and ${told.to}: ${redact(explain(error))}`);
      return { ...told, problem: `What changed could not be read: ${redact(explain(error))}` } satisfies PackageChanges;
    }
  };
}

const late = `The source's forge has not answered within ${patience / 1000} seconds; it is still being asked: load the page again in a while.`;

interface Placed {
  readonly reference: Reference;
  readonly settings: EnvironmentSettings;
  readonly content: EnvironmentContent;
}

/** A version where it stands; undefined where it does not stand there any more. */
async function placed(
  { persistence, settings }: DashboardParts['services'],
  app: string,
  { package: name }: Move,
  { repository, environment }: AppPlace,
  version: string,
): Promise<Placed | undefined> {
  const ref = repositoryRef(repository);
  const content = ref && (await rememberedEnvironment(persistence.store, ref));
  const environments = await knownEnvironments(persistence.store, settings.environments);
  const own = environments.find((one) => one.name === environment);
  const isIt = (one: Reference): boolean => one.app === app && one.package.name === name && versionOf(one) === version;
  const reference = content?.references.find(isIt);
  return content && own && reference && { reference, settings: own, content };
}

/** As the inventory says it. */
const versionOf = ({ version, digest }: Reference): string => (version === '' ? (digest ?? '') : version);

const updateOf = ({ reference }: Placed, { reference: target }: Placed): Update => ({
  reference,
  to: { version: target.version, ...(target.digest !== undefined && { digest: target.digest }) },
  type: 'major',
  held: [],
});

/** Another source in app.yml or environment.yml gives another answer. */
const keyOf = ({ settings }: DashboardParts['services'], from: Placed, to: Placed): string =>
  JSON.stringify([
    packageKey(to.reference.package),
    [from, to].map(({ reference: { version, digest } }) => [version, digest]),
    [from, to].map(({ content, reference: { app } }) => content.apps[app]?.source),
    settings.packages.map(({ match, source }) => [match, source]),
  ]);

/** Either environment may say where the source is. */
const termsOf = (app: string, from: Placed, to: Placed): SourceTerms['now'] => ({
  settings: to.settings,
  apps: { ...from.content.apps, ...to.content.apps, [app]: { ...from.content.apps[app], ...to.content.apps[app] } },
});

async function ask(services: DashboardParts['services'], update: Update, now: SourceTerms['now'], key: string): Promise<string> {
  const nothing = { add: () => {}, done: () => {} };
  const { texts, datasources, store, now: at } = services.scanPorts(nothing, new AbortController().signal);
  const terms: SourceTerms = {
    now,
    registry: viewRegistries(datasources, store, at),
    packages: services.settings.packages,
  };
  const { text, whole } = await texts.changelog(update, terms);
  if (whole) await store.put(space, key, text);
  return text;
}
