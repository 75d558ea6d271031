import { mayHoldCommand } from '../../domain/command-comment.ts';
import type { RepositoryRef } from '../../domain/forge.ts';
import type { JobData } from '../../domain/queue.ts';
import type { Asked } from './sender.ts';

/** What app.yml says of repositories; paths as written there. */
export interface ServedSettings {
  /** Repositories by name, and groups in which each project is one. */
  readonly environments: readonly (
    | {
        readonly repository: RepositoryRef;
        /** This service brings its cluster to where its default branch is. */
        readonly deployed?: boolean;
        /** This service gives and ends access to its cluster. */
        readonly granted?: boolean;
      }
    | { readonly discover: RepositoryRef }
  )[];
  /** Apps' own repositories; `{name}` in a path stands for any name. */
  readonly sources: readonly RepositoryRef[];
}

/** Whether a repository is one that we work for; gives it as app.yml writes it, as forges tell no capitals apart. */
export interface Served {
  environment(repository: RepositoryRef): RepositoryRef | undefined;
  /** An environment that this service deploys. */
  deployed(repository: RepositoryRef): RepositoryRef | undefined;
  /** An environment whose access this service keeps. */
  granted(repository: RepositoryRef): RepositoryRef | undefined;
  source(repository: RepositoryRef): RepositoryRef | undefined;
}

/** As forges allow it; the text is a stranger's. */
const isPath = (path: string): boolean => path.length <= 512 && /^[\w.-]+(?:\/[\w.-]+)*$/.test(path) && !/(?:^|\/)\.\.?(?:\/|$)/.test(path);

export function createServed({ environments, sources }: ServedSettings): Served {
  const named = environments.flatMap((one) => ('repository' in one ? [one.repository] : []));
  const groups = environments.flatMap((one) => ('discover' in one ? [one.discover] : []));
  const kept = (what: 'deployed' | 'granted') =>
    environments.flatMap((one) => ('repository' in one && one[what] === true ? [one.repository] : []));
  const [deployed, granted] = [kept('deployed'), kept('granted')];
  const patterns = sources.map((source) => ({ source, pattern: patternOf(source) }));
  return {
    environment: (repository) => {
      if (!isPath(repository.path)) return undefined;
      const written = named.find((one) => plain(one) === plain(repository));
      return written ?? (groups.some((group) => isBelow(group, repository)) ? repository : undefined);
    },
    deployed: (repository) => deployed.find((one) => plain(one) === plain(repository)),
    granted: (repository) => granted.find((one) => plain(one) === plain(repository)),
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

/** What happened in a repository: new commits on its default branch, a tag or release, a merge request was merged or closed, something else with one. */
export type Change = 'commits' | 'tag' | 'merge' | 'close' | 'merge-request';

/** A merge is a push too; which of the two deliveries comes first, or at all, nobody knows. */
const movesBranch = (change: Change): boolean => change === 'commits' || change === 'merge';

/** A merge request that is not open any more holds nothing: others may have to say so. */
const ends = (change: Change): boolean => change === 'merge' || change === 'close';

/** Where to look after a change; `judged` is the merge request that has become another one by it, for who judges it. */
export function askedBy(change: Change, repository: RepositoryRef, served: Served, judged?: number): Asked {
  const [environment, source] = [served.environment(repository), served.source(repository)];
  if (environment === undefined && source === undefined) return 'not-configured';
  const [deployed, granted] = movesBranch(change) ? [served.deployed(repository), served.granted(repository)] : [];
  const asked = [
    ...(deployed ? [{ kind: 'deploy' as const, repository: written(deployed) }] : []),
    ...(granted ? [{ kind: 'access' as const, repository: written(granted) }] : []),
    ...(environment && change !== 'tag' ? [{ kind: 'scan-environment' as const, repository: written(environment) }] : []),
    ...(environment && judged !== undefined ? judgesOf(written(environment), judged) : []),
    ...(environment && ends(change) ? [{ kind: 'validate-repository' as const, repository: written(environment) }] : []),
    ...(source && (change === 'commits' || change === 'tag') ? [{ kind: 'refresh-source' as const, repository: written(source) }] : []),
  ];
  return asked.length === 0 ? 'uninteresting' : asked;
}

/** A merge request may bring manifests, or ask for access. */
const judgesOf = (repository: string, request: number): readonly JobData[] =>
  (['validate', 'access-review'] as const).map((kind) => ({ kind, repository, request }));

/** Where to look after somebody approved a merge request, or took that back, and after it has ended. */
export function askedToReview(request: number, repository: RepositoryRef, served: Served): Asked {
  const environment = served.environment(repository);
  return environment === undefined ? 'not-configured' : [{ kind: 'access-review', repository: written(environment), request }];
}

/** A pipeline of one of our environments, as the delivery tells it. */
export interface Piped {
  readonly commit: string;
  /** Undefined where it is a branch's. */
  readonly request: number | undefined;
}

/** Where to look after a pipeline began or went on: it has no verdict yet. */
export function askedOf({ commit, request }: Piped, repository: RepositoryRef, served: Served): Asked {
  const environment = served.environment(repository);
  if (environment === undefined) return served.source(repository) === undefined ? 'not-configured' : 'uninteresting';
  return [{ kind: 'pipeline', repository: written(environment), commit, ...(request !== undefined && { request }) }];
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

/** The same below an issue, of which only access is asked. */
export function askedInIssue(
  { text, issue, comment }: { readonly text: string; readonly issue: number | undefined; readonly comment: number | undefined },
  repository: RepositoryRef,
  served: Served,
): Asked {
  if (issue === undefined || comment === undefined || !mayHoldCommand(text)) return 'uninteresting';
  const environment = served.environment(repository);
  return environment === undefined ? 'not-configured' : [{ kind: 'access-issue', repository: written(environment), issue, comment }];
}

/** All of what several say; where none asks for anything, why. */
export function together(first: Asked, ...others: readonly Asked[]): Asked {
  const asked = [first, ...others].flatMap((one) => (typeof one === 'string' ? [] : one));
  return asked.length === 0 ? first : asked;
}

const written = ({ forge, path }: RepositoryRef): string => `${forge}:${path}`;
