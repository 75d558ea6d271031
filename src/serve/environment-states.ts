import { UsageError } from '../domain/errors.ts';
import type { RepositoryRef } from '../domain/forge.ts';
import { readManifests } from '../manifests/archive.ts';
import { BundleMemory, createBundles } from '../manifests/bundles.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { readDesiredState } from '../manifests/desired-state.ts';
import type { Services } from '../services.ts';

/** What environments want. */
export interface EnvironmentStates {
  /** At a commit. Throws OutsideError; what could not be read is a finding. */
  at(repository: RepositoryRef, commit: string): Promise<DesiredState>;
}

/** Read from the forges; bundles that were fetched once are remembered. */
export function createEnvironmentStates({ forges, download }: Pick<Services, 'forges' | 'download'>): EnvironmentStates {
  const memory = new BundleMemory();
  return {
    at: async ({ forge: name, path }, commit) => {
      const forge = forges.get(name);
      if (forge === undefined) throw new UsageError(`forges.${name}: there is no token and no GitHub App yet`);
      return readDesiredState(
        readManifests(await forge.archive(path, commit), `${name}:${path}`),
        createBundles((url) => download(url), memory),
      );
    },
  };
}
