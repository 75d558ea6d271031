import { explain, RefusedError } from '../domain/errors.ts';
import type { HookPlace, Label, WantedHook, WebhookForge } from '../domain/webhook-forge.ts';

/** What one forge is to be set up for, as app.yml says; paths without the forge. */
export interface SetupTargets {
  readonly groups: readonly { readonly path: string; readonly topic?: string }[];
  readonly environments: readonly string[];
  /** Apps' own repositories; `{name}` stands for any name. */
  readonly sources: readonly string[];
}

export interface SetupOptions {
  readonly dryRun: boolean;
  /** Sets the secret again where all looks right: no forge tells the one that it has. */
  readonly renew: boolean;
}

/** What was done, or with `dryRun` would be; skipped: nothing has to be, and `reason` says why. */
export interface SetupRow {
  readonly forge: string;
  /** Repository, group or organisation; empty for the GitHub App. */
  readonly project: string;
  readonly what: 'webhook' | 'label';
  readonly done: 'created' | 'updated' | 'kept' | 'skipped' | 'failed';
  readonly reason?: string;
}

export interface SetupResult {
  readonly rows: readonly SetupRow[];
  /** Where there is a webhook now. */
  readonly places: readonly HookPlace[];
}

const label: Label = { name: 'lockkeeper', color: '#0b5c75', description: 'Opened and kept up to date by Lockkeeper' };

/** Webhooks and labels of one forge: one webhook for a group where the forge allows, else one for each repository. A second run changes nothing. */
export async function setUp(forge: WebhookForge, wanted: WantedHook, targets: SetupTargets, options: SetupOptions): Promise<SetupResult> {
  const setup = new Setup(forge, wanted, options);
  const covered = await setup.covered(targets);
  const discovered = await setup.discovered(targets);
  const environments = unique([...targets.environments, ...discovered]);
  const repositories = unique([...environments, ...(await setup.sources(targets.sources))]);
  for (const path of repositories.filter((one) => !covered.some((group) => isBelow(one, group))))
    await setup.webhook({ kind: 'repository', path });
  for (const path of environments) await setup.label(path);
  return setup;
}

const unique = (paths: readonly string[]): string[] => [...new Set(paths)];

/** Everything is below the App. */
const isBelow = (path: string, group: string): boolean => group === '' || path.toLowerCase().startsWith(`${group.toLowerCase()}/`);

class Setup implements SetupResult {
  readonly rows: SetupRow[] = [];
  readonly places: HookPlace[] = [];
  readonly #forge: WebhookForge;
  readonly #wanted: WantedHook;
  readonly #options: SetupOptions;

  constructor(forge: WebhookForge, wanted: WantedHook, options: SetupOptions) {
    this.#forge = forge;
    this.#wanted = wanted;
    this.#options = options;
  }

  /** Groups of which one webhook tells everything. */
  async covered({ groups }: SetupTargets): Promise<readonly string[]> {
    if (this.#forge.asApp) {
      await this.webhook({ kind: 'app', path: '' });
      return [''];
    }
    const covered: string[] = [];
    for (const { path } of groups) if (await this.#ofGroup(path)) covered.push(path);
    return covered;
  }

  async #ofGroup(path: string): Promise<boolean> {
    const place: HookPlace = { kind: 'group', path };
    try {
      this.#add(path, 'webhook', await this.#settle(place));
      this.places.push(place);
      return true;
    } catch (error) {
      if (!mayNot(error)) {
        this.#failed(path, 'webhook', error);
        return true; // which webhook it gets is not known: one on each repository too would tell everything twice
      }
      this.#add(path, 'webhook', 'skipped', `each repository gets its own, as the group may not have one: ${explain(error)}`);
      return false;
    }
  }

  async discovered({ groups }: SetupTargets): Promise<string[]> {
    const found: string[] = [];
    for (const { path, topic } of groups) {
      try {
        found.push(...(await this.#forge.discover(path, topic)));
      } catch (error) {
        this.#failed(path, 'label', error);
      }
    }
    return found;
  }

  /** Those that there are where a pattern stands. */
  async sources(patterns: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const pattern of patterns) {
      const slash = pattern.lastIndexOf('/');
      const folder = slash > 0 && pattern.includes('{name}', slash) ? pattern.slice(0, slash) : undefined;
      if (!pattern.includes('{name}')) found.push(pattern);
      else if (folder === undefined || folder.includes('{name}')) {
        this.#add(
          pattern,
          'webhook',
          'skipped',
          'which repositories these are cannot be listed: {name} has to be in the last part of the path',
        );
      } else found.push(...(await this.#matching(pattern, folder)));
    }
    return found;
  }

  async #matching(pattern: string, folder: string): Promise<string[]> {
    const parts = pattern.split('{name}').map((part) => part.replaceAll(/[^\w/]/g, '\\$&'));
    const fits = new RegExp(`^${parts.join('[^/]+')}$`, 'i');
    try {
      return (await this.#forge.discover(folder)).filter((path) => fits.test(path));
    } catch (error) {
      this.#failed(pattern, 'webhook', error);
      return [];
    }
  }

  async webhook(place: HookPlace): Promise<void> {
    try {
      this.#add(place.path, 'webhook', await this.#settle(place));
      this.places.push(place);
    } catch (error) {
      this.#failed(place.path, 'webhook', error);
    }
  }

  async #settle(place: HookPlace): Promise<'created' | 'updated' | 'kept'> {
    const { dryRun, renew } = this.#options;
    const hook = await this.#forge.hook(place, this.#wanted);
    if (hook === undefined) {
      if (!dryRun) await this.#forge.createHook(place, this.#wanted);
      return 'created';
    }
    if (hook.differs.length === 0 && !renew) return 'kept';
    if (!dryRun) await this.#forge.changeHook(place, hook, this.#wanted);
    return 'updated';
  }

  async label(path: string): Promise<void> {
    try {
      const there = await this.#forge.hasLabel(path, label.name);
      if (!there && !this.#options.dryRun) await this.#forge.createLabel(path, label);
      this.#add(path, 'label', there ? 'kept' : 'created');
    } catch (error) {
      this.#failed(path, 'label', error);
    }
  }

  #failed(project: string, what: SetupRow['what'], error: unknown): void {
    this.#add(project, what, 'failed', explain(error));
  }

  #add(project: string, what: SetupRow['what'], done: SetupRow['done'], reason?: string): void {
    this.rows.push({ forge: this.#forge.name, project, what, done, ...(reason !== undefined && { reason }) });
  }
}

/** It takes a right, or a licence, that the forge does not see. */
const mayNot = (error: unknown): boolean => error instanceof RefusedError && (error.status === 403 || error.status === 404);
