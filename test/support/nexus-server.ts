import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { json, type ScriptedServer, startServer } from './http-server.ts';

/** A file of a raw repository. */
export interface NexusFile {
  readonly repository: string;
  /** Without a leading slash. */
  readonly path: string;
  readonly content?: string;
  /** As Nexus writes it: `2024-03-15T10:30:00.000+00:00`. */
  readonly lastModified?: string;
  /** Not yet in the search index. */
  readonly unindexed?: boolean;
}

export interface NexusOptions {
  readonly files: readonly NexusFile[];
  /** Without a trailing slash. */
  readonly contextPath?: string;
  /** What this user may not do. */
  readonly forbidden?: readonly ('search' | 'browse')[];
  readonly password?: string;
  /** Files per page. Nexus: 50 by search. */
  readonly pageSize?: number;
  /** What it believes its own address to be, as behind a wrongly configured proxy. */
  readonly publicUrl?: string;
  /** As editions up to 3.70: a file's name has no leading slash. */
  readonly slashless?: boolean;
  /** Status of every page but the first. */
  readonly laterPages?: number;
}

/** The query parameters that the published description names and that make sense for raw files; every other one is refused here. */
const searchParameters = [
  'continuationToken',
  'sort',
  'direction',
  'timeout',
  'q',
  'repository',
  'format',
  'group',
  'name',
  'version',
  'sha256',
];
const listParameters = ['continuationToken', 'repository'];

/**
 * Stands in for Sonatype Nexus 3 with raw repositories, shaped by its published REST description.
 * https://help.sonatype.com/en/search-api.html, https://help.sonatype.com/en/components-api.html, https://help.sonatype.com/en/sql-search.html
 */
export function startNexus(options: NexusOptions): Promise<ScriptedServer> {
  return startServer((request, response) => {
    const { status, headers = {}, body } = answer(options, request);
    if (typeof body === 'string' || body === undefined) response.writeHead(status, headers).end(body ?? '');
    else json(response, body, headers, status);
  });
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  /** Text, or an object that is sent as JSON. */
  readonly body?: string | object;
}

function answer(options: NexusOptions, request: IncomingMessage): Answer {
  const url = new URL(request.url ?? '', options.publicUrl ?? `http://${request.headers.host ?? ''}`);
  const context = options.contextPath ?? '';
  const path = url.pathname.startsWith(context) ? url.pathname.slice(context.length) : '';
  const { password } = options;
  const known = password === undefined || request.headers.authorization === `Basic ${Buffer.from(`bot:${password}`).toString('base64')}`;
  if (!known) return { status: 401, headers: { 'www-authenticate': 'BASIC realm="Sonatype Nexus Repository Manager"' } };
  if (path === '/service/rest/v1/search/assets') return search(options, url);
  if (path === '/service/rest/v1/components') return list(options, url);
  return download(options, decodeURIComponent(path));
}

function search(options: NexusOptions, url: URL): Answer {
  if (options.forbidden?.includes('search') === true) return { status: 403 };
  const query = url.searchParams;
  const found = options.files.filter(
    (file) =>
      file.unindexed !== true &&
      matches(file.repository, query.get('repository')) &&
      matches('raw', query.get('format')) &&
      matches(groupOf(file.path), query.get('group')) &&
      matches(`${options.slashless === true ? '' : '/'}${file.path}`, query.get('name')),
  );
  return strange(url, searchParameters) ?? page(options, url, found, (file) => asset(options, url, file));
}

function list(options: NexusOptions, url: URL): Answer {
  const repository = url.searchParams.get('repository');
  const found = options.files.filter((file) => file.repository === repository);
  const message = `Unable to locate repository with id ${repository ?? ''}`;
  if (found.length === 0) return { status: 404, body: [{ id: '*', message }] };
  if (options.forbidden?.includes('browse') === true) return { status: 403 };
  const component = (file: NexusFile): unknown => ({
    id: idOf(file),
    repository: file.repository,
    format: 'raw',
    group: groupOf(file.path),
    name: `/${file.path}`,
    version: null,
    assets: [asset(options, url, file)],
  });
  return strange(url, listParameters) ?? page(options, url, found, component);
}

function strange(url: URL, known: readonly string[]): Answer | undefined {
  const names = [...url.searchParams.keys()].filter((name) => !known.includes(name));
  return names.length === 0 ? undefined : { status: 400, body: { message: `unknown parameter ${names.join()}` } };
}

/** Equal but for case, or, with `*` at the end behind three characters, beginning so. */
function matches(value: string, wanted: string | null): boolean {
  if (wanted === null) return true;
  if (!wanted.endsWith('*')) return value.toLowerCase() === wanted.toLowerCase();
  return wanted.length > 3 && value.toLowerCase().startsWith(wanted.slice(0, -1).toLowerCase());
}

/** A raw file's group is its folder. */
function groupOf(path: string): string {
  return `/${path.slice(0, Math.max(0, path.lastIndexOf('/')))}`;
}

function page(options: NexusOptions, url: URL, found: readonly NexusFile[], show: (file: NexusFile) => unknown): Answer {
  const token = url.searchParams.get('continuationToken');
  const start = token === null ? 0 : found.findIndex((file) => idOf(file) === token) + 1;
  if (token !== null && start === 0) return { status: 406 };
  if (token !== null && options.laterPages !== undefined) return { status: options.laterPages };
  const items = found.slice(start, start + (options.pageSize ?? 50));
  const last = items.at(-1);
  const more = last !== undefined && last !== found.at(-1);
  return { status: 200, body: { items: items.map(show), continuationToken: more ? idOf(last) : null } };
}

function asset(options: NexusOptions, url: URL, file: NexusFile): unknown {
  const hash = (algorithm: string): string =>
    createHash(algorithm)
      .update(file.content ?? '')
      .digest('hex');
  return {
    downloadUrl: `${url.origin}${options.contextPath ?? ''}/repository/${file.repository}/${encodeURI(file.path)}`,
    path: file.path,
    id: idOf(file),
    repository: file.repository,
    format: 'raw',
    checksum: { sha1: hash('sha1'), sha256: hash('sha256'), md5: hash('md5') },
    contentType: 'application/x-tar',
    lastModified: file.lastModified ?? '2026-11-01T10:30:00.000+00:00',
    fileSize: (file.content ?? '').length,
  };
}

const idOf = ({ repository, path }: NexusFile): string => Buffer.from(`${repository}:${path}`).toString('base64url');

function download({ files }: NexusOptions, path: string): Answer {
  const file = files.find((one) => `/repository/${one.repository}/${one.path}` === path);
  return file === undefined ? { status: 404 } : { status: 200, headers: { 'content-type': 'application/x-tar' }, body: file.content ?? '' };
}
