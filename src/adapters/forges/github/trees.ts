import type { GitHubApi } from './api.ts';

type FileMode = '100644' | '100755' | '120000';

/** The tree of a commit, as far as a commit on top of it needs to know it. */
export interface BaseTree {
  readonly sha: string;
  /** Of the file as it stands there; an ordinary one where there is none. */
  modeOf(path: string): Promise<FileMode>;
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string;
}

/** Modes of files: GitHub wants them named with each change. The trees of one commit per repository are remembered, for all proposals of a scan. */
export class Trees {
  readonly #api: GitHubApi;
  readonly #known = new Map<string, { readonly commit: string; readonly tree: Promise<BaseTree> }>();

  constructor(api: GitHubApi) {
    this.#api = api;
  }

  at(path: string, commit: string): Promise<BaseTree> {
    const known = this.#known.get(path);
    if (known?.commit === commit) return known.tree;
    const tree = this.#read(path, commit);
    this.#known.set(path, { commit, tree });
    tree.catch(() => this.#known.delete(path));
    return tree;
  }

  async #read(path: string, commit: string): Promise<BaseTree> {
    const { data } = await this.#api.ask(`looking at commit ${commit} of`, path, (rest, at) =>
      rest.git.getCommit({ ...at, commit_sha: commit }),
    );
    const { sha } = data.tree;
    const whole = await this.#list(path, sha, true);
    // An ordinary file is what it is without a word: only the others are kept.
    const odd = new Map(whole.entries.flatMap((entry) => (isOdd(entry.mode) ? [[entry.path, entry.mode] as const] : [])));
    return {
      sha,
      modeOf: async (file) => (whole.truncated ? this.#walk(path, sha, file) : (odd.get(file) ?? ordinary)),
    };
  }

  /** Of a repository so large that GitHub lists only a part of it: folder by folder. */
  async #walk(path: string, root: string, file: string): Promise<FileMode> {
    let sha = root;
    const folders = file.split('/');
    const name = folders.pop() ?? '';
    for (const folder of folders) {
      const found = (await this.#list(path, sha, false)).entries.find((entry) => entry.path === folder);
      if (found === undefined) return ordinary;
      sha = found.sha;
    }
    const mode = (await this.#list(path, sha, false)).entries.find((entry) => entry.path === name)?.mode ?? ordinary;
    return isOdd(mode) ? mode : ordinary;
  }

  async #list(path: string, sha: string, recursive: boolean): Promise<{ readonly entries: readonly Entry[]; readonly truncated: boolean }> {
    const { data } = await this.#api.ask(`listing the files of`, path, (rest, at) =>
      rest.git.getTree({ ...at, tree_sha: sha, ...(recursive ? { recursive: '1' } : {}) }),
    );
    return { entries: data.tree, truncated: data.truncated };
  }
}

const ordinary = '100644';
const isOdd = (mode: string): mode is '100755' | '120000' => mode === '100755' || mode === '120000';
