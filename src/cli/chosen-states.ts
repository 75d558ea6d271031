import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { downloadBundle } from '../adapters/datasources/download.ts';
import { readFolder } from '../adapters/folder.ts';
import { createHttpClient } from '../adapters/http/client.ts';
import { findWorkingCopy, type WorkingCopy } from '../adapters/working-copy.ts';
import type { Config } from '../config/schema.ts';
import { OutsideError, UsageError } from '../domain/errors.ts';
import type { Forge } from '../domain/forge.ts';
import type { Journal } from '../domain/journal.ts';
import type { ValidationRules } from '../domain/validation-rules.ts';
import { readManifests } from '../manifests/archive.ts';
import { isManifest } from '../manifests/archive-entries.ts';
import { BundleMemory, type Bundles, createBundles, type Download } from '../manifests/bundles.ts';
import type { DesiredState } from '../manifests/desired-object.ts';
import { readDesiredState } from '../manifests/desired-state.ts';
import { headOf } from '../serve/deployed-environments.ts';
import type { Services } from '../services.ts';
import { findEnvironments } from '../updates/find-environments.ts';
import type { EnvironmentSettings } from '../updates/settings.ts';
import type { Context } from './context.ts';
import { withServices, withServicesAtNeed } from './work.ts';

/** Which environments a command is about, and at which revisions. */
export interface Choice {
  /** A folder on this machine; without one, environments of app.yml. */
  readonly directory?: string;
  /** Without any, all. */
  readonly env?: readonly string[];
  /** Without one, the folder as it lies there, or the head of the default branch. */
  readonly ref?: string;
  /** What it is compared with. */
  readonly base?: string;
  /** An app.yml was named: it must be there. For a folder there need not be any. */
  readonly needsConfig: boolean;
}

/** An environment that was chosen; nothing of it is read yet. */
export interface ChosenEnvironment {
  readonly name: string;
  /** Throws OutsideError, and UsageError for a revision that is not there. */
  read(comparison?: Comparison): Promise<ChosenState>;
}

/** `default-branch`: without a base it is compared with that one; a folder as it was where its branch began. */
export type Comparison = 'default-branch' | undefined;

export interface ChosenState {
  /** As environment.yml calls it, where nobody else does. */
  readonly name: string;
  /** What app.yml says of the environment of that name alone. */
  readonly rules: ValidationRules;
  /** Absent for a folder as it lies there. */
  readonly commit?: string;
  /** The head of the default branch at this moment, where it is that one that was read. */
  readonly head?: () => Promise<string>;
  readonly state: DesiredState;
  readonly base?: DesiredState;
}

/** Does the work with what was chosen; app.yml is given where there is one, its journal where environments of it were chosen. */
export async function withChosen<T>(
  choice: Choice,
  context: Context,
  work: (chosen: readonly ChosenEnvironment[], config: Config | undefined, journal?: Journal) => Promise<T>,
): Promise<T> {
  const { directory, env, needsConfig } = choice;
  if (directory !== undefined && env !== undefined) throw new UsageError('name a folder or --env, not both');
  if (directory === undefined)
    return withServices(context, async (services, config) => work(await ofServices(choice, services), config, services.journal), {
      unfinished: true,
    });
  if (needsConfig || existsSync(context.configFile))
    return withoutStore(context, (own) =>
      withServicesAtNeed(
        own,
        (services, config) =>
          work([ofFolder(directory, choice, async (url) => (await services()).download(url), config.environments)], config),
        { unfinished: true },
      ),
    );
  const http = createHttpClient({ redact: context.redact });
  try {
    return await work([ofFolder(directory, choice, (url) => downloadBundle(http, [], url), [])], undefined);
  } finally {
    await http.close();
  }
}

/** A folder is looked at in pipelines, where the service's store is nowhere to be reached, and nobody wants one of their own. */
async function withoutStore<T>(context: Context, work: (context: Context) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-'));
  const loadConfig: Context['loadConfig'] = () => {
    const loaded = context.loadConfig();
    return { ...loaded, config: { ...loaded.config, store: { url: `file:${folder}` } } };
  };
  try {
    return await work({ ...context, loadConfig });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ofFolder(directory: string, { ref, base }: Choice, download: Download, environments: Config['environments']): ChosenEnvironment {
  const name = basename(resolve(directory));
  const bundles = createBundles(download, new BundleMemory());
  return {
    name,
    read: async (comparison) => {
      const named = ref !== undefined || base !== undefined;
      const copy = named ? workingCopy(directory) : comparison && findWorkingCopy(directory);
      const commit = ref === undefined ? undefined : await copy?.commit(ref);
      const state = await (copy === undefined || commit === undefined
        ? readDesiredState(readFolder(directory, isManifest), bundles)
        : atRevision(copy, directory, commit, bundles));
      const before = base ?? (copy && comparison && (await startOf(copy, directory, ref ?? 'HEAD')));
      const called = state.environment.name ?? name;
      const described = environments.find((one) => 'name' in one && one.name === called);
      return {
        name: called,
        rules: described?.validation ?? {},
        ...(commit !== undefined && { commit }),
        state,
        ...(copy !== undefined && before !== undefined && (await baseAt(copy, directory, await copy.commit(before), bundles))),
      };
    },
  };
}

function workingCopy(directory: string): WorkingCopy {
  const copy = findWorkingCopy(directory);
  if (copy === undefined)
    throw new UsageError(`${directory} lies in no git repository, so that it has no revisions: leave --ref and --base out`);
  return copy;
}

async function atRevision(copy: WorkingCopy, directory: string, commit: string, bundles: Bundles): Promise<DesiredState> {
  const archive = await copy.archive(commit);
  if (archive === undefined) throw new UsageError(`${directory} is not there at ${commit}`);
  return readDesiredState(readManifests(archive, directory), bundles);
}

/** None where the folder was not there yet. */
async function baseAt(copy: WorkingCopy, directory: string, commit: string, bundles: Bundles): Promise<Pick<ChosenState, 'base'>> {
  const archive = await copy.archive(commit);
  return archive === undefined ? {} : { base: await readDesiredState(readManifests(archive, directory), bundles) };
}

/** The commit at which a revision left the default branch; undefined before the first commit. */
async function startOf(copy: WorkingCopy, directory: string, revision: string): Promise<string | undefined> {
  if (!(await copy.hasCommits())) return undefined;
  const branch = await copy.defaultBranch();
  if (branch === undefined)
    throw new UsageError(`${directory}: which branch is the default one is not known: name what to compare with, --base REVISION`);
  const commit = await copy.fork(revision, branch);
  if (commit !== undefined) return commit;
  throw new UsageError(
    `${directory}: ${revision} and ${branch} have no commit in common here: fetch the history (git fetch --unshallow; GIT_DEPTH: 0 in GitLab, fetch-depth: 0 in GitHub), or name --base`,
  );
}

async function ofServices(choice: Choice, services: Services): Promise<ChosenEnvironment[]> {
  const { forges, settings } = services;
  const forge = (name: string): Forge => {
    const found = forges.get(name);
    if (found === undefined) throw new UsageError(`forges.${name}: there is no token and no GitHub App yet`);
    return found;
  };
  const { environments, errors } = await findEnvironments({ forge }, settings.environments, choice.env);
  const bundles = createBundles((url) => services.download(url), new BundleMemory());
  return [...environments.map((one) => ofForge(one, forge(one.repository.forge), choice, bundles)), ...errors.map(unlisted)];
}

/** A group that could not be listed: nobody knows its environments, and none of them may be taken for fine. */
const unlisted = ({ scope, message }: { readonly scope: string; readonly message: string }): ChosenEnvironment => ({
  name: scope,
  read: () => Promise.reject(new OutsideError(scope, message)),
});

function ofForge(
  { name, repository: { path }, validation }: EnvironmentSettings,
  forge: Forge,
  { ref, base }: Choice,
  bundles: Bundles,
): ChosenEnvironment {
  const at = async (commit: string): Promise<DesiredState> =>
    readDesiredState(readManifests(await forge.archive(path, commit), `${forge.traits.name}:${path}`), bundles);
  const commitOf = async (revision: string | undefined): Promise<string> => {
    if (revision === undefined) return headOf(forge, path);
    const head = await forge.branchHead(path, revision);
    if (head !== undefined || /^[0-9a-f]{40}$/.test(revision)) return head ?? revision;
    throw new UsageError(`${path} has no branch ${revision}: name a branch, or a commit by its full id`);
  };
  return {
    name,
    read: async (comparison) => {
      const commit = await commitOf(ref);
      const wantsBase = base !== undefined || comparison !== undefined;
      return {
        name,
        rules: validation ?? {},
        commit,
        ...(ref === undefined && { head: () => headOf(forge, path) }),
        state: await at(commit),
        ...(wantsBase && { base: await at(await commitOf(base)) }),
      };
    },
  };
}
