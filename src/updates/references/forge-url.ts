import { findVersion } from '../../domain/bundle-name.ts';
import type { DatasourceName } from '../../domain/reference.ts';
import { type BundleUrl, parseBundleUrl, urlTrouble } from './bundle-url.ts';
import { appName, appOf, shown } from './draft.ts';

/** A file of a forge, by the shape of its address. */
interface Shape {
  readonly datasource: DatasourceName;
  /** `host/path` of the project or package, as people read it. */
  readonly name: string;
  /** For `git-tags`: what git clones. */
  readonly clone?: string;
  /** Where the tag, or the package's version, stands. */
  readonly start: number;
  readonly end: number;
}

/** A bundle's URL: of a file in a GitLab or GitHub project, or (parseBundleUrl) in a raw repository. undefined when the text is no http(s) URL. */
export function parseFileUrl(text: string): BundleUrl | undefined {
  return parseForgeUrl(text) ?? parseBundleUrl(text);
}

/** Releases, packages, files and archives of a project on GitLab or GitHub; undefined for any other URL. */
export function parseForgeUrl(text: string): BundleUrl | undefined {
  const parts = text.length > longest ? null : /^https?:\/\/([^/?#]*)([^?#]*)(.*)$/is.exec(text);
  if (parts === null) return undefined;
  const [, host = '', path = '', query = ''] = parts;
  const shape = shapeOf(text.slice(0, text.length - query.length), host, path);
  if (shape === undefined) return undefined;
  const tag = text.slice(shape.start, shape.end);
  const found = shape.clone === undefined ? versionIn(text, shape, query) : tagIn(text, shape, query);
  const of = { datasource: shape.datasource, name: shape.name };
  const skip =
    urlTrouble(text, host, shape.clone !== undefined && isHarmless(query) ? '' : query) ??
    (found === undefined ? `"${tag.slice(0, 60)}" is no version: write one to have it moved` : undefined);
  const base = { app: appOf(shape.name), version: found?.version ?? '' };
  if (skip !== undefined || found === undefined) return { ...base, package: of, places: [], skip: skip ?? '' };
  const places = found.places.map((start) => ({ start, end: start + found.version.length }));
  const template = places.toReversed().reduce((out, { start, end }) => `${out.slice(0, start)}{version}${out.slice(end)}`, text);
  return { ...base, package: { ...of, url: shape.clone ?? template }, places };
}

/** What GitLab's own pages write behind a raw file: https://docs.gitlab.com/user/project/repository/files/ */
const isHarmless = (query: string): boolean => /^\?(?:(?:inline=(?:true|false)|ref_type=tags)(?:&|$))+$/.test(query);

/** Servers refuse longer ones. */
const longest = 2048;

interface Found {
  readonly version: string;
  readonly places: readonly number[];
}

/** The version within the tag, and wherever it stands again behind it: `…/download/v1.4.2/app-1.4.2.yaml`. */
function versionIn(text: string, { start, end }: Shape, query: string): Found | undefined {
  const from = start - 1;
  const whole = findVersion(text.slice(from, text.length - query.length));
  const inTag = whole?.places.some((at) => from + at < end) === true ? whole : findVersion(text.slice(from, end));
  return inTag && { version: inTag.version, places: inTag.places.map((at) => from + at) };
}

/** A git tag is looked for as a whole; GitLab's archives have it in the file's name too. */
function tagIn(text: string, { start, end }: Shape, query: string): Found | undefined {
  const version = text.slice(start, end);
  if (findVersion(`/${version}`) === undefined) return undefined;
  const places = [start];
  const last = text.length - query.length;
  for (let at = text.indexOf(version, end); at >= 0 && at < last; at = text.indexOf(version, at + version.length)) {
    if (!/[0-9A-Za-z.]/.test(text.charAt(at - 1)) && !/^(?:[0-9A-Za-z]|\.\d)/.test(text.slice(at + version.length))) places.push(at);
  }
  return { version, places };
}

const segment = '[^/]+';

/** A tag, by its short name or by its long one; a branch's long name is taken with its beginning, so that it is no version. */
const revision = `(?:refs/tags/)?(?<tag>refs/heads/${segment}|${segment})`;

/** `(?<tag>…)` is the tag or version; `before` the project's path. */
const shapes: readonly { readonly pattern: RegExp; readonly datasource: DatasourceName }[] = [
  // https://docs.gitlab.com/user/project/releases/release_fields/#permanent-links-to-release-assets
  { datasource: 'gitlab-releases', pattern: new RegExp(`^(?<project>/.+?)/-/releases/(?<tag>${segment})/downloads/.+$`, 'd') },
  // https://docs.gitlab.com/user/packages/generic_packages/#download-a-single-file
  {
    datasource: 'gitlab-packages',
    pattern: new RegExp(
      `^(?<folder>.*?)/api/v4/projects/(?<id>${segment})/packages/generic/(?<package>${segment})/(?<tag>${segment})/.+$`,
      'd',
    ),
  },
  // https://docs.gitlab.com/user/project/repository/: raw files and archives of a tag
  { datasource: 'git-tags', pattern: new RegExp(`^(?<project>/.+?)/-/(?:raw|archive)/${revision}/.+$`, 'd') },
  // Raw files of a tag on Gitea and Forgejo: https://docs.gitea.com/usage/permalinks
  { datasource: 'git-tags', pattern: new RegExp(`^(?<project>/${segment}/${segment})/raw/tag/(?<tag>${segment})/.+$`, 'd') },
  // https://docs.github.com/repositories/releasing-projects-on-github/linking-to-releases
  {
    datasource: 'github-releases',
    pattern: new RegExp(`^(?<project>/${segment}/${segment})/releases/download/(?<tag>${segment})/.+$`, 'd'),
  },
];

/** Only on GitHub's own hosts: elsewhere such paths mean anything. */
const githubShapes: Readonly<Record<string, readonly RegExp[]>> = {
  'github.com': [
    new RegExp(`^(?<project>/${segment}/${segment})/raw/${revision}/.+$`, 'd'),
    new RegExp(`^(?<project>/${segment}/${segment})/archive/(?:refs/tags/)?(?<tag>${segment}?)(?:\\.tar\\.gz|\\.zip)$`, 'd'),
  ],
  'raw.githubusercontent.com': [new RegExp(`^(?<project>/${segment}/${segment})/${revision}/.+$`, 'd')],
};

function shapeOf(address: string, host: string, path: string): Shape | undefined {
  const lower = host.toLowerCase();
  const github = (githubShapes[lower] ?? []).map((pattern) => ({ pattern, datasource: 'git-tags' }) as const);
  for (const { pattern, datasource } of [...shapes, ...github]) {
    const groups = pattern.exec(path);
    const place = groups?.indices?.groups?.['tag'];
    if (groups === null || place === undefined) continue;
    const { project, id = '', package: name = '', folder = '' } = groups.groups ?? {};
    const forge = lower === 'raw.githubusercontent.com' ? 'github.com' : host;
    const of = project ?? `${folder}/${decoded(id)}/${name}`;
    const offset = address.length - path.length;
    return {
      datasource,
      name: shown(`${forge}${of}`),
      start: offset + place[0],
      end: offset + place[1],
      ...(datasource === 'git-tags' && { clone: `${/^https?/i.exec(address)?.[0] ?? 'https'}://${forge}${of}` }),
    };
  }
  return undefined;
}

/** A project's path stands in GitLab's API with `%2F`. */
function decoded(id: string): string {
  return appSafe(id.replaceAll(/%2f/gi, '/'));
}

const appSafe = (path: string): string => path.split('/').map(appName).join('/');
