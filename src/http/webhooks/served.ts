import { mayHoldCommand } from '../../domain/command-comment.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { Asked } from './sender.ts';

/** What app.yml says of repositories; paths as written there. */
export interface ServedSettings {
  /** Repositories by name, and groups in which each project is one. */
  readonly environments: readonly ({ readonly repository: RepositoryRef } | { readonly discover: RepositoryRef })[];
  /** Apps' own repositories; `{name}` in a path stands for any name. */
  readonly sources: readonly RepositoryRef[];
}

/** Whether a repository is one that we work for; gives it as app.yml writes it, as forges tell no capitals apart. */
export interface Served {
  environment(repository: RepositoryRef): RepositoryRef | undefined;
  source(repository: RepositoryRef): RepositoryRef | undefined;
}

/** As forges allow it; the text is a stranger's. */
const isPath = (path: string): boolean => path.length <= 512 && /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !/(?:^|\/)\.\.?(?:\/|$)/.test(path);

export function createServed({ environments, sources }: ServedSettings): Served {
  const named = environments.flatMap((one) => ('repository' in one ? [one.repository] : []));
  const groups = environments.flatMap((one) => ('discover' in one ? [one.discover] : []));
  const patterns = sources.map((source) => ({ source, pattern: patternOf(source) }));
  return {
    environment: (repository) => {
      if (!isPath(repository.path)) return undefined;
      const written = named.find((one) => plain(one) === plain(repository));
      return written ?? (groups.some((group) => isBelow(group, repository)) ? repository : undefined);
    },
    source: (repository) => {
      if (!isPath(repository.path)) return undefined;
      const found = patterns.find(({ pattern }) => pattern.test(plain(repository)));
      return found && (found.source.path.includes('{name}') ? repository : found.source);
    },
  };
}

const plain = ({ forge, path }: RepositoryRef): string => `${forge}:${path.toLowerCase()}`;

/** Of a group, or, where its path is empty or `*`, of the whole forge. */
function isBelow(group: RepositoryRef, { forge, path }: RepositoryRef): boolean {
  const folder = group.path.replace(/\/?\*$/, '').toLowerCase();
  return forge === group.forge && (folder === '' || path.toLowerCase().startsWith(`${folder}/`));
}

function patternOf(source: RepositoryRef): RegExp {
  const parts = plain(source)
    .split('{name}')
    .map((part) => part.replaceAll(/[^\w/:-]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

/** What happened in a repository: new commits on its default branch, a tag or release, something with a merge request. */
export type Change = 'commits' | 'tag' | 'merge-request';

/** Where to look after a change; `judged` is the merge request that has become another one by it, for who judges it. */
export function askedBy(change: Change, repository: RepositoryRef, served: Served, judged?: number): Asked {
  const [environment, source] = [served.environment(repository), served.source(repository)];
  if (environment === undefined && source === undefined) return 'not-configured';
  const asked = [
    ...(environment && change !== 'tag' ? [{ kind: 'scan-environment' as const, repository: written(environment) }] : []),
    ...(environment && judged !== undefined ? [{ kind: 'validate' as const, repository: written(environment), request: judged }] : []),
    ...(source && change !== 'merge-request' ? [{ kind: 'refresh-source' as const, repository: written(source) }] : []),
  ];
  return asked.length === 0 ? 'uninteresting' : asked;
}

/** A new comment on a merge request, as the delivery tells it. */
export interface SaidBelow {
  readonly text: string;
  readonly request: number | undefined;
  readonly comment: number | undefined;
}

/** Where to look after somebody said something: what it is worth, only the forge knows. */
export function askedIn({ text, request, comment }: SaidBelow, repository: RepositoryRef, served: Served): Asked {
  if (request === undefined || comment === undefined || !mayHoldCommand(text)) return 'uninteresting';
  const environment = served.environment(repository);
  return environment === undefined ? 'not-configured' : [{ kind: 'command', repository: written(environment), request, comment }];
}

const written = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;
