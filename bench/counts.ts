import type { LoggedRequest } from '../test/support/faults.ts';

/** Requests, by kind and in detail. */
export interface Counts {
  readonly forgeReads: number;
  readonly forgeWrites: number;
  /** Of clones, fetches and pushes. */
  readonly git: number;
  readonly registry: number;
  /** Seconds that the busier of the two was answering, all its answers together: the delays, and what the stand-in itself needed. */
  readonly answering: number;
  /** `GET repository/branches` → how often. */
  readonly detail: Readonly<Record<string, number>>;
}

/** `registry` is how often each of its paths was asked for. */
export function countsOf(forge: readonly LoggedRequest[], registry: ReadonlyMap<string, number>, answering: number): Counts {
  const detail = new Map<string, number>();
  const add = (kind: string, times: number) => detail.set(kind, (detail.get(kind) ?? 0) + times);
  for (const { method, path } of forge) add(`${method} ${kindOfForge(path)}`, 1);
  for (const [request, times] of registry) add(request.replace(/\/v2\/.*\/(tags|manifests|blobs)\/.*/, 'registry $1'), times);
  const git = forge.filter(({ path }) => kindOfForge(path) === overGit).length;
  const reads = forge.filter(({ method, path }) => method === 'GET' && kindOfForge(path) !== overGit).length;
  return {
    forgeReads: reads,
    forgeWrites: forge.length - reads - git,
    git,
    registry: [...registry.values()].reduce((sum, times) => sum + times, 0),
    answering,
    detail: Object.fromEntries([...detail].sort(([, one], [, other]) => other - one)),
  };
}

const overGit = 'git';

/** Decoded paths hold projects' slashes: what follows the project tells the kind. */
function kindOfForge(path: string): string {
  if (/\.git\/(info\/refs|git-[a-z]+-pack)$/.test(path)) return overGit;
  if (path.startsWith('/groups/')) return `group ${path.slice(path.lastIndexOf('/') + 1)}`;
  return /\/(?:repository\/[a-z]+|merge_requests|releases)(?![-\w])/.exec(path)?.[0].slice(1) ?? path.split('/')[1] ?? path;
}
