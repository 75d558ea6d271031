import { createHash } from 'node:crypto';
import { repositoryRef } from '../../config/repository.ts';
import { appLabels } from '../../dashboard/app/belonging.ts';
import type { AppPlace, AppSource, Wanted, WantedObject } from '../../dashboard/app/source.ts';
import { explain } from '../../domain/errors.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { knownEnvironments } from '../../updates/fleet/read.ts';
import { parseBundleUrl } from '../../updates/references/bundle-url.ts';
import { checkWorkloads } from '../../validation/checklist/check-workloads.ts';
import type { ValidationSettings } from '../../validation/validate.ts';
import { createEnvironmentStates, type EnvironmentStates } from '../environment-states.ts';
import { validationSettings } from '../validation-settings.ts';
import { boundedWork } from './bounded.ts';
import type { DashboardParts } from './parts.ts';

/** Milliseconds that a page waits for a forge and the bundles. */
const patience = 20_000;
const space = 'wanted';

/** By `FORGE:PATH`: one commit of each environment is kept. */
interface Kept extends Wanted {
  /** By which settings it was checked. */
  readonly rules: string;
}

/** An environment's objects and what the checklist says of them: looked at when somebody asks, and remembered until the environment moves. */
export function createLooks({
  config,
  services,
  redact,
  log,
}: Pick<DashboardParts, 'config' | 'services' | 'redact' | 'log'>): Pick<AppSource, 'look' | 'wanted'> {
  const { store } = services.persistence;
  const states = createEnvironmentStates(services);
  const bounded = boundedWork<Wanted>(patience);
  const settingsOf = async ({ environment }: AppPlace): Promise<ValidationSettings> => {
    const all = await knownEnvironments(store, services.settings.environments);
    return validationSettings(config, environment, all.find(({ name }) => name === environment)?.validation);
  };
  const kept = async ({ repository }: AppPlace, settings: ValidationSettings): Promise<Wanted | undefined> => {
    const known = await store.get<Kept>(space, repository);
    return known?.rules === rulesOf(settings) ? known : undefined;
  };
  return {
    wanted: async (place) => kept(place, await settingsOf(place)),
    look: async (place) => {
      const { repository, commit, environment } = place;
      const ref = repositoryRef(repository);
      if (commit === undefined || ref === undefined) return `No scan has read ${environment} yet: the next one does.`;
      const settings = await settingsOf(place);
      const known = await kept(place, settings);
      if (known?.commit === commit) return known;
      try {
        return (await bounded(`${repository} ${commit}`, () => read(store, states, ref, commit, settings))) ?? late(environment);
      } catch (error) {
        const why = redact(explain(error));
        log.warn({ environment }, `looking at what is wanted: ${why}`);
        return `What ${environment} wants could not be read: ${why}`;
      }
    },
  };
}

const late = (environment: string): string =>
  `What ${environment} wants could not be read within ${patience / 1000} seconds; it is still being read: load the page again in a while.`;

/** What the checklist's findings depend on beside the objects. */
const rulesOf = ({ checklist, registries }: ValidationSettings): string =>
  createHash('sha256')
    .update(JSON.stringify([checklist, registries]))
    .digest('hex')
    .slice(0, 16);

async function read(
  store: DashboardParts['services']['persistence']['store'],
  states: EnvironmentStates,
  repository: RepositoryRef,
  commit: string,
  settings: ValidationSettings,
): Promise<Wanted> {
  const { objects, complete } = await states.at(repository, commit);
  const { checklist, registries } = settings;
  const findings = checkWorkloads(objects, { settings: checklist ?? {}, registries, complete });
  const wanted: Wanted = { commit, complete, objects: objects.map(wantedObject), findings };
  // What could not be read now may be read by the next look.
  if (complete) await store.put(space, `${repository.forge}:${repository.path}`, { ...wanted, rules: rulesOf(settings) } satisfies Kept);
  return wanted;
}

function wantedObject({ apiVersion, kind, namespace, name, place: { file, line, bundle }, value }: DesiredObject): WantedObject {
  const bundleOf = bundle === undefined ? undefined : parseBundleUrl(bundle)?.app;
  return { apiVersion, kind, namespace, name, file, line, ...(bundleOf !== undefined && { bundleOf }), labels: labelsOf(value) };
}

/** Values of the labels that name an app. */
function labelsOf({ metadata }: DesiredObject['value']): readonly string[] {
  const labels = recordOf(recordOf(metadata)['labels']);
  return appLabels.flatMap((name) => (typeof labels[name] === 'string' ? [labels[name]] : []));
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
