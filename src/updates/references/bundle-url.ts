import { bundleName, extension, findVersion, token, withoutVersion, withTokens } from '../../domain/bundle-name.ts';
import type { Package } from '../../domain/reference.ts';
import { appName, hasVariable, shown } from './draft.ts';

/** A bundle's URL, understood. */
export interface BundleUrl {
  readonly package: Package;
  readonly app: string;
  /** The empty string where it is skipped. */
  readonly version: string;
  /** Where the version stands; offsets into the URL's text. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
  readonly skip?: string;
}

/** Servers refuse longer ones, and searching takes time with the square of the length. */
const longest = 2048;

const noVersion = 'no version is written in the URL';

/** undefined when the text is no http(s) URL. */
export function parseBundleUrl(text: string): BundleUrl | undefined {
  const parts = /^https?:\/\/([^/?#]*)([^?#]*)(.*)$/is.exec(text);
  if (parts === null) return undefined;
  const [, host = '', path = '', query = ''] = parts;
  const skip = urlTrouble(text, host, query);
  const found = text.length > longest || hasVariable(text) ? undefined : findVersion(path);
  const places = found?.places.map((start) => ({ start, end: start + found.version.length })) ?? [];
  const template = withTokens(path, places);
  const named = parseTemplate(`${shown(`${host}/`)}${template.slice(1)}`);
  if (skip !== undefined || found === undefined) {
    const { app, package: of } = named;
    return {
      app,
      package: { datasource: of.datasource, name: of.name },
      version: found?.version ?? '',
      places: [],
      skip: skip ?? noVersion,
    };
  }
  const before = text.length - query.length - path.length;
  return {
    app: named.app,
    package: { ...named.package, url: `${text.slice(0, before)}${template}` },
    version: found.version,
    places: places.map(({ start, end }) => ({ start: before + start, end: before + end })),
  };
}

/** Of a URL, with or without its scheme, that has `{version}` at every place of the version. */
export function parseTemplate(template: string): Pick<BundleUrl, 'package' | 'app'> {
  const path = shown(template);
  return { package: { datasource: 'nexus-raw', name: bundleName(path), url: template }, app: bundleApp(path) };
}

/** Why a file's URL cannot be asked for other versions, whatever it holds. */
export function urlTrouble(text: string, host: string, query: string): string | undefined {
  if (host.includes('@')) return 'the URL holds credentials: keep them in app.yml under registries and take them out here';
  if (query !== '') return 'the URL has a query, which may hold credentials and is no part of a path in a raw repository';
  if (hasVariable(text)) return 'the URL holds a variable or template, which only the tool that fills it in can read';
  return text.length > longest || !URL.canParse(text) ? 'is not a valid URL' : undefined;
}

/** The file's name where the version stands in it and something is left of it, else the folder before the version's folder. */
function bundleApp(template: string): string {
  const segments = template.replace(extension, '').split('/');
  const file = segments.at(-1) ?? '';
  const rest = withoutVersion(file);
  if (file.includes(token) && rest !== '') return appName(rest);
  const folder = segments.findIndex((segment) => segment.includes(token));
  const before = folder < 0 ? rest : (segments[folder - 1] ?? '');
  return appName(before || rest);
}
