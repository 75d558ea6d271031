import type { ChangedPath, ChangedPaths, TreeEntry } from '../../../domain/access-forge.ts';
import { type AccessTrees, folderMode } from './access-trees.ts';
import { versionAt } from './access-versions.ts';
import type { GitLabApi } from './api.ts';
import type { Requests } from './requests.ts';

const most = 100;

interface Pair {
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/**
 * What changed between two commits, worked out from their trees: GitLab's diffs leave out files without a word where one of them is large
 * (https://docs.gitlab.com/administration/diff_limits/). Only folders that differ are opened.
 */
export class AccessChanges {
  readonly #api: GitLabApi;
  readonly #trees: AccessTrees;
  readonly #requests: Requests;

  constructor(api: GitLabApi, trees: AccessTrees, requests: Requests) {
    this.#api = api;
    this.#trees = trees;
    this.#requests = requests;
  }

  /** Against where its newest version left the target: of a merged one, too, whose head the target contains. */
  async ofRequest(path: string, id: number): Promise<ChangedPaths> {
    const { sha } = await this.#requests.look(path, id);
    const { base_commit_sha: base } = await versionAt(this.#api, path, id, sha);
    return this.#between(path, base, sha);
  }

  async ofCommit(path: string, commit: string): Promise<ChangedPaths> {
    const found = await this.#api.ask(`looking at commit ${commit} of`, path, ({ commits }) =>
      commits.show(path, commit, { stats: false }),
    );
    return this.#between(path, found.parent_ids?.[0], commit);
  }

  /** `before`: undefined for a commit without a parent. */
  async #between(path: string, before: string | undefined, after: string): Promise<ChangedPaths> {
    const found: Pair[] = [];
    const folders = [''];
    for (let folder = folders.shift(); folder !== undefined && found.length <= 2 * most; folder = folders.shift()) {
      const [old, now] = await Promise.all([
        before === undefined ? [] : this.#trees.list(path, { commit: before, folder }),
        this.#trees.list(path, { commit: after, folder }),
      ]);
      for (const pair of differing(old, now)) {
        if (pair.before?.mode === folderMode && pair.after?.mode === folderMode) folders.push(pair.after.path);
        else found.push(...(await this.#opened(path, pair, { before: before ?? '', after })));
      }
    }
    const paths = toPaths(found);
    return { paths: paths.slice(0, most), complete: folders.length === 0 && paths.length <= most };
  }

  /** A folder that is on one side alone is all that lies below it. */
  async #opened(path: string, { before, after }: Pair, of: { readonly before: string; readonly after: string }): Promise<readonly Pair[]> {
    const files = async (entry: TreeEntry | undefined, commit: string): Promise<readonly TreeEntry[]> => {
      if (entry?.mode === folderMode) return this.#trees.below(path, { commit, folder: entry.path });
      return entry === undefined ? [] : [entry];
    };
    return differing(await files(before, of.before), await files(after, of.after));
  }
}

function differing(old: readonly TreeEntry[], now: readonly TreeEntry[]): readonly Pair[] {
  const [before, after] = [old, now].map((entries) => new Map(entries.map((entry) => [entry.path, entry])));
  const paths = new Set([...old, ...now].map((entry) => entry.path));
  return [...paths]
    .map((path): Pair => ({ before: before?.get(path), after: after?.get(path) }))
    .filter((pair) => pair.before?.id !== pair.after?.id || pair.before?.mode !== pair.after?.mode);
}

/** One that was taken away and stands elsewhere to the byte was moved. */
function toPaths(pairs: readonly Pair[]): readonly ChangedPath[] {
  const removed = new Map(
    pairs.flatMap(({ before, after }) => (before !== undefined && after === undefined ? [[before.path, before]] : [])),
  );
  const paths = pairs.flatMap(({ before, after }): readonly ChangedPath[] => {
    if (after === undefined) return [];
    if (before !== undefined) return [{ path: after.path, kind: 'changed' }];
    const source = [...removed.values()].find(({ id, mode }) => id === after.id && mode === after.mode);
    if (source === undefined) return [{ path: after.path, kind: 'added' }];
    removed.delete(source.path);
    return [{ path: after.path, before: source.path, kind: 'moved' }];
  });
  return [...paths, ...[...removed.keys()].map((path): ChangedPath => ({ path, kind: 'removed' }))];
}
