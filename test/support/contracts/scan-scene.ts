import type { Registry } from '../../../src/demo/registry.ts';
import type { ScanWorld } from '../scan-world.ts';

/** A forge, a registry, and one environment that runs billing 1.4.2. */
export interface Scene {
  readonly world: ScanWorld;
  readonly registry: Registry;
  readonly publish: (...tags: readonly string[]) => void;
  /** The manifest with billing at that version. */
  readonly billing: (version: string) => string;
  /** Registries and environments of app.yml; the environment's line is the usual one without. */
  readonly configure: (environments?: string, registries?: string) => void;
}

export const environment = 'platform/staging';
export const branch = 'lockkeeper/billing';
export const manifest = 'manifests/billing.yaml';

export type Begin = (tags: readonly string[], updates?: string) => Promise<Scene>;

/** Where the merge request of that number is shown; on GitHub it is a pull request. */
export const requestUrl = (id: number): unknown => expect.stringMatching(new RegExp(`/(merge_requests|pull)/${id}$`));
