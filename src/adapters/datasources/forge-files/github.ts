import { OutsideError, RefusedError } from '../../../domain/errors.ts';
import { sourceLabel } from '../../../domain/labels.ts';
import { parseVersion } from '../../../domain/version.ts';
import type { HttpClient } from '../../http/client.ts';
import { parseJson } from '../../http/json.ts';
import type { GitTag } from '../git-tags/ls-remote.ts';
import { apiFor, type ForgeAccess, type ForgeApi } from './access.ts';
import type { FileRelease, FileReleases, FileSource } from './datasource.ts';
import { type Entry, entries, entry, publishedAt, sha256, text } from './fields.ts';
import { type Listed, listAll, refusal } from './pages.ts';
import { decoded, type FileTemplate, fileOf, takeApart } from './template.ts';

const releaseUrl = /^(?<project>.+?\/[^/]+\/[^/]+)\/releases\/download\/(?<tag>[^/]+)\/(?<file>.+)$/;

/** Assets of GitHub's releases: https://docs.github.com/rest/releases/releases */
export function githubReleases(http: HttpClient, forges: readonly ForgeAccess[]): FileSource {
  return {
    async list(of): Promise<FileReleases> {
      const template = takeApart(of, releaseUrl);
      const api = apiFor('github', template.project, forges);
      const { items, problem } = await releasesOf(http, api);
      const releases = items.flatMap((item) => assetRelease(template, entry(item)) ?? []);
      return { releases, ...(problem !== undefined && { problem }) };
    },
  };
}

/** Gitea and Forgejo write the same addresses, and answer alike under another one: https://docs.gitea.com/api/ */
async function releasesOf(http: HttpClient, api: ForgeApi): Promise<Listed> {
  const [path, what] = [`repos/${repositoryOf(api)}/releases`, `the releases of ${api.path}`];
  try {
    return await listAll(http, api, path, what);
  } catch (error) {
    if (api.known || api.host === 'api.github.com' || !(error instanceof RefusedError) || error.status !== 404) throw error;
    const gitea = { ...api, base: api.base.replace(/\/v3$/, '/v1') };
    return listAll(http, gitea, path, what).catch(() => Promise.reject(error));
  }
}

/**
 * Where the API has the file of a release, and how it is asked; undefined for an address that is no such file's.
 * https://docs.github.com/rest/releases/assets#get-a-release-asset
 */
export async function githubAsset(
  http: Pick<HttpClient, 'request'>,
  api: ForgeApi,
  url: string,
): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> } | 'missing' | undefined> {
  const { project, tag = '', file = '' } = releaseUrl.exec(url.split(/[?#]/)[0] ?? '')?.groups ?? {};
  if (project === undefined) return undefined;
  const repository = repositoryOf({ ...api, path: api.path.slice(0, api.path.indexOf('/releases/download/')) });
  const headers = await api.authorization();
  const place = `${api.base}/repos/${repository}/releases`;
  const found = await http.request({
    url: `${place}/tags/${encodeURIComponent(decoded(tag))}`,
    headers: { ...headers, accept: 'application/vnd.github+json' },
    redirects: 2,
  });
  if (found.status === 404) return 'missing';
  if (found.status !== 200) throw refusal(api, `the release ${tag} of ${repository}`, found.status);
  const assets = entries(entry(parseJson(found.body.toString('utf8')))['assets']);
  const id = assets.find((one) => text(one['name']) === decoded(file))?.['id'];
  if (typeof id !== 'number') return 'missing';
  return { url: `${place}/assets/${id}`, headers: { ...headers, accept: 'application/octet-stream' } };
}

/** `owner/name`. Throws OutsideError for a path that would ask for something else. */
function repositoryOf({ path, host }: ForgeApi): string {
  const repository = path.replace(/(?<!\/)\/+$/, '').replace(/\.git$/, '');
  if (/^[\w-][\w.-]*\/[\w.-]*[\w-][\w.-]*$/.test(repository)) return repository;
  throw new OutsideError(host, `"${repository}" is no repository of ${host}`);
}

/** undefined where the release is a draft, has no such file (yet), or is a pre-release whose tag does not say so. */
function assetRelease(template: FileTemplate, release: Entry): FileRelease | undefined {
  const tag = text(release['tag_name']);
  const file = fileOf(template, tag);
  if (file === undefined || release['draft'] === true || (release['prerelease'] === true && !saysPreRelease(tag))) return undefined;
  const asset = entries(release['assets']).find((one) => text(one['name']) === file.file);
  if (asset === undefined) return undefined;
  const { version, url } = file;
  const about = { ...sha256(asset['digest']), ...publishedAt(release['published_at']) };
  return { release: { version, url, ...about }, labels: { [sourceLabel]: template.project } };
}

function saysPreRelease(tag: string): boolean {
  const version = parseVersion(tag);
  return version.kind === 'version' && version.pre !== undefined;
}

/** Tags of a repository: https://docs.github.com/rest/repos/repos#list-repository-tags */
export async function githubTags(
  http: HttpClient,
  api: ForgeApi,
): Promise<{ readonly tags: readonly GitTag[]; readonly problem?: string }> {
  const path = repositoryOf(api);
  const { items, problem } = await listAll(http, api, `repos/${path}/tags`, `the tags of ${path}`);
  const tags = entries(items).flatMap((item): GitTag[] => {
    const name = text(item['name']);
    return name === '' ? [] : [{ name, commit: text(entry(item['commit'])['sha']) }];
  });
  return { tags, ...(problem !== undefined && { problem }) };
}
