import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Place, Repository } from './repository.ts';
import { fileOf } from './shelf.ts';

/** Addresses of what people look at: pages below the base URL where there is one, else files on this machine. */
export interface Links {
  /** Without a trailing slash. */
  readonly base: string;
  project(path: string): string;
  mergeRequest(repository: Repository, id: number): string;
  commit(repository: Repository, sha: string): string;
  tag(repository: Repository, name: string): string;
  compare(repository: Repository, from: string, to: string): string;
}

const encode = (text: string): string => text.split('/').map(encodeURIComponent).join('/');

/** `https://forge.example.com/platform/staging/merge_requests/1` */
export function pageLinks(base: string): Links {
  const project = (path: string) => `${base}/${encode(path)}`;
  return {
    base,
    project,
    mergeRequest: ({ path }, id) => `${project(path)}/merge_requests/${id}`,
    commit: ({ path }, sha) => `${project(path)}/commit/${sha}`,
    tag: ({ path }, name) => `${project(path)}/tags/${encode(name)}`,
    compare: ({ path }, from, to) => `${project(path)}/compare/${encode(from)}...${encode(to)}`,
  };
}

/** A merge request's file; the repository's folder, with the revision as its fragment, for what has no file of its own. */
export function fileLinks({ root }: Place): Links {
  const inFolder = ({ folder }: Repository, what: string) => `${pathToFileURL(folder).href}#${encode(what)}`;
  return {
    base: pathToFileURL(root).href,
    project: (path) => pathToFileURL(join(root, `${path}.git`)).href,
    mergeRequest: (repository, id) => pathToFileURL(fileOf(repository, id)).href,
    commit: (repository, sha) => inFolder(repository, sha),
    tag: (repository, name) => inFolder(repository, name),
    compare: (repository, from, to) => inFolder(repository, `${from}...${to}`),
  };
}
