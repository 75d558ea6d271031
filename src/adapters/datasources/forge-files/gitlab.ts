import { OutsideError } from '../../../domain/errors.ts';
import { revisionLabel, sourceLabel } from '../../../domain/labels.ts';
import type { Package } from '../../../domain/reference.ts';
import type { HttpClient } from '../../http/client.ts';
import type { GitTag } from '../git-tags/ls-remote.ts';
import { apiFor, type ForgeAccess, type ForgeApi } from './access.ts';
import type { FileRelease, FileReleases, FileSource } from './datasource.ts';
import { type Entry, entries, entry, publishedAt, sha256, text } from './fields.ts';
import { type Listed, listAll } from './pages.ts';
import { decoded, type FileTemplate, fileOf, takeApart } from './template.ts';

const releaseUrl = /^(?<project>.+?)\/-\/releases\/(?<tag>[^/]+)\/downloads\/(?<file>.+)$/;
const packageUrl = /^(?<project>.+?\/api\/v4\/projects\/[^/]+)\/packages\/generic\/(?<name>[^/]+)\/(?<tag>[^/]+)\/(?<file>.+)$/;

/** A project's path or number in an address of the API. */
const idOf = (path: string): string => encodeURIComponent(decoded(path));

/** Assets of GitLab's releases: https://docs.gitlab.com/api/releases/ */
export function gitlabReleases(http: HttpClient, forges: readonly ForgeAccess[]): FileSource {
  return {
    async list(of): Promise<FileReleases> {
      const template = takeApart(of, releaseUrl);
      const api = apiFor('gitlab', template.project, forges);
      const listed = await listAll(http, api, `projects/${idOf(api.path)}/releases`, `the releases of ${api.path}`);
      const releases = listed.items.flatMap((item) => assetRelease(template, entry(item)) ?? []);
      return { releases, ...problemOf(listed) };
    },
  };
}

/** undefined where the release has no such file, or is announced only. */
function assetRelease(template: FileTemplate, release: Entry): FileRelease | undefined {
  const tag = text(release['tag_name']);
  const file = fileOf(template, tag);
  if (file === undefined || release['upcoming_release'] === true) return undefined;
  const wanted = `/-/releases/${tag}/downloads/${file.file}`;
  const has = entries(entry(release['assets'])['links']).some((link) => addressPath(text(link['direct_asset_url'])).endsWith(wanted));
  if (!has) return undefined;
  const { version, url } = file;
  const date = publishedAt(release['released_at'] ?? release['created_at']);
  return { release: { version, url, ...date }, labels: labels(template.project, release['commit']) };
}

const addressPath = (address: string): string => decoded(address.split('?')[0] ?? '');

function labels(project: string, commit: unknown): Record<string, string> {
  const sha = text(entry(commit)['id']);
  return { [sourceLabel]: project, ...(sha !== '' && { [revisionLabel]: sha }) };
}

const problemOf = ({ problem }: Listed): { problem?: string } => (problem === undefined ? {} : { problem });

/** Files of GitLab's generic packages: https://docs.gitlab.com/api/packages/ */
export function gitlabPackages(http: HttpClient, forges: readonly ForgeAccess[]): FileSource {
  const read = (of: Package) => packagesOf(http, forges, of);
  return {
    async list(of): Promise<FileReleases> {
      const { template, packages, problem } = await read(of);
      return { releases: packages.flatMap((item) => packageRelease(template, item) ?? []), ...(problem !== undefined && { problem }) };
    },
    async complete(of, listed): Promise<FileRelease | undefined> {
      const { template, packages, api, project, problem } = await read(of);
      const item = packages.find((one) => packageRelease(template, one)?.release.version === listed.release.version);
      const file = item && fileOf(template, text(item['version']));
      if (item === undefined || file === undefined) return absentUnless(problem, api);
      const files = await listAll(
        http,
        api,
        `${project}/packages/${String(item['id'])}/package_files`,
        `the files of ${of.name} ${listed.release.version}`,
      );
      const found = entries(files.items).findLast((one) => text(one['file_name']) === file.file);
      if (found === undefined) return absentUnless(files.problem, api);
      return { ...listed, release: { ...listed.release, ...sha256(found['file_sha256']) } };
    },
  };
}

/** What a list lacks that could not be read to its end may be there all the same. */
function absentUnless(problem: string | undefined, { host }: ForgeApi): undefined {
  if (problem !== undefined) throw new OutsideError(host, `listing files at ${host}: ${problem}`);
}

interface Packages {
  readonly template: FileTemplate;
  readonly api: ForgeApi;
  /** `projects/ID` */
  readonly project: string;
  readonly packages: readonly Entry[];
  readonly problem?: string;
}

/** The name is searched by its beginning; the same request again is answered from memory by its ETag. */
async function packagesOf(http: HttpClient, forges: readonly ForgeAccess[], of: Package): Promise<Packages> {
  const template = takeApart(of, packageUrl);
  const name = decoded(packageUrl.exec(template.url)?.groups?.['name'] ?? '');
  const api = apiFor('gitlab', template.project, forges);
  const project = `projects/${idOf(template.project.slice(template.project.lastIndexOf('/') + 1))}`;
  const apiBase = template.project.slice(0, template.project.lastIndexOf('/projects/'));
  const at = api.known ? api : { ...api, base: apiBase };
  const query = new URLSearchParams({ package_type: 'generic', package_name: name });
  const found = await listAll(http, at, `${project}/packages?${query.toString()}`, `the packages of ${of.name}`);
  const packages = found.items.map(entry).filter((item) => item['name'] === name && (item['status'] ?? 'default') === 'default');
  return { template, api: at, project, packages, ...problemOf(found) };
}

function packageRelease(template: FileTemplate, item: Entry): FileRelease | undefined {
  const file = fileOf(template, text(item['version']));
  const release = file && ({ version: file.version, url: file.url, ...publishedAt(item['created_at']), unproven: true } as const);
  return release && { release, labels: projectOf(template) };
}

/** The project's page, where the address says its path and not its number. */
function projectOf({ project }: FileTemplate): Record<string, string> {
  const { forge = '', id = '' } = /^(?<forge>.*)\/api\/v4\/projects\/(?<id>[^/]+)$/.exec(project)?.groups ?? {};
  return id === '' || /^\d+$/.test(id) ? {} : { [sourceLabel]: `${forge}/${decoded(id)}` };
}

/** Tags of a project, with the dates of their commits: https://docs.gitlab.com/api/tags/ */
export async function gitlabTags(
  http: HttpClient,
  api: ForgeApi,
): Promise<{ readonly tags: readonly GitTag[]; readonly problem?: string }> {
  const path = api.path.replace(/(?<!\/)\/+$/, '').replace(/\.git$/, '');
  const listed = await listAll(http, api, `projects/${idOf(path)}/repository/tags`, `the tags of ${path}`);
  const tags = entries(listed.items).flatMap((item): GitTag[] => {
    const [name, commit] = [text(item['name']), entry(item['commit'])];
    const { publishedAt: date } = publishedAt(commit['committed_date'] ?? commit['created_at']);
    return name === '' ? [] : [{ name, commit: text(commit['id']), ...(date !== undefined && { date }) }];
  });
  return { tags, ...problemOf(listed) };
}
