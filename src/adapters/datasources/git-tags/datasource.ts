import { OutsideError } from '../../../domain/errors.ts';
import { revisionLabel, sourceLabel } from '../../../domain/labels.ts';
import type { Package } from '../../../domain/reference.ts';
import type { Datasource, Release, ReleaseDetails, ReleaseList } from '../../../domain/release.ts';
import type { GitHost } from './access.ts';
import { type GitTag, listRemoteTags } from './ls-remote.ts';

/** A forge that app.yml knows, asked for all tags of the repository at a URL; undefined when the URL is on none, so that git asks. Throws OutsideError. */
export type ForgeTags = (url: string) => Promise<TagList | undefined>;

export interface TagList {
  readonly tags: readonly GitTag[];
  /** Why there may be more. */
  readonly problem?: string;
}

/** How long the tags of a repository serve all that is asked of it: as long as a scan. Milliseconds. */
const sharedFor = 120_000;

/** Tags of git repositories; `hosts`, by `host[:port]`, is for those that git itself asks. */
export function createGitTags(forgeTags: ForgeTags, hosts: Readonly<Record<string, GitHost>> = {}): Datasource {
  return new GitTags(forgeTags, hosts);
}

class GitTags implements Datasource {
  readonly #forgeTags: ForgeTags;
  readonly #hosts: Readonly<Record<string, GitHost>>;
  readonly #lists = new Map<string, { readonly until: number; readonly list: Promise<TagList> }>();

  constructor(forgeTags: ForgeTags, hosts: Readonly<Record<string, GitHost>>) {
    this.#forgeTags = forgeTags;
    this.#hosts = hosts;
  }

  async releases(of: Package): Promise<ReleaseList> {
    const { tags, problem } = await this.#list(of);
    return { releases: tags.map(releaseOf), complete: problem === undefined, ...(problem !== undefined && { problem }) };
  }

  async details(of: Package, version: string): Promise<ReleaseDetails | undefined> {
    const { tags, problem } = await this.#list(of);
    const tag = tags.find(({ name }) => name === version);
    if (tag === undefined && problem !== undefined) throw new OutsideError(of.name, `looking for ${version} in ${of.name}: ${problem}`);
    if (tag === undefined) return undefined;
    const { commit, date } = tag;
    return {
      commit,
      ...(date !== undefined && { publishedAt: date }),
      labels: { [revisionLabel]: commit, [sourceLabel]: of.url ?? of.name },
    };
  }

  #list({ url = '' }: Package): Promise<TagList> {
    const known = this.#lists.get(url);
    if (known !== undefined && known.until > Date.now()) return known.list;
    const list = this.#ask(url);
    this.#lists.set(url, { until: Date.now() + sharedFor, list });
    return list;
  }

  async #ask(url: string): Promise<TagList> {
    return (await this.#forgeTags(url)) ?? { tags: await listRemoteTags(url, this.#hosts) };
  }
}

const releaseOf = ({ name, commit, date }: GitTag): Release => ({
  version: name,
  commit,
  ...(date !== undefined && { publishedAt: date }),
});
