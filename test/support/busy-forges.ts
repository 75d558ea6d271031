import { readdirSync } from 'node:fs';
import type { BusyForge } from './disturbed-scan.ts';
import type { Faults } from './faults.ts';
import { gitText } from './git-repository.ts';
import { githubScanWorld } from './github-scan-world.ts';
import { gitlabScanWorld } from './gitlab-scan-world.ts';
import { keepFolder } from './keep-folder.ts';
import { localScanWorld, type ScanWorld } from './scan-world.ts';

const byBranch = <T extends { readonly branch: string; readonly id: number }>(requests: readonly T[]): readonly T[] =>
  requests.toSorted((one, other) => (one.branch === other.branch ? one.id - other.id : one.branch < other.branch ? -1 : 1));

const treesIn = async ({ directory }: Pick<ScanWorld, 'directory'>, path: string): Promise<readonly string[]> =>
  (await gitText(directory(path), ['for-each-ref', '--format=%(refname) %(tree)', 'refs/heads/'])).split('\n');

const headsIn = ({ directory }: Pick<ScanWorld, 'directory'>, path: string): Promise<string> =>
  gitText(directory(path), ['for-each-ref', '--format=%(objectname)', 'refs/heads/']);

export async function busyGitLab(folder: string, faults: Faults): Promise<BusyForge> {
  const world = await gitlabScanWorld(folder, { faults });
  const { server } = world;
  return {
    ...world,
    env: { GITLAB_TOKEN: server.token },
    keep: (path) => server.keep(path),
    trees: (path) => treesIn(world, path),
    requests: async (path) => {
      const heads = await headsIn(world, path);
      return byBranch(
        server.project(path).requests.map((request) => ({
          id: request.iid,
          branch: request.sourceBranch,
          target: request.targetBranch,
          state: request.state,
          title: request.title,
          description: request.description,
          labels: request.labels,
          assignees: request.assignees.map(({ username }) => username),
          comments: server.comments(path, request.iid),
          upToDate: request.state !== 'opened' || heads.includes(request.sha),
        })),
      );
    },
  };
}

export async function busyGitHub(folder: string, faults: Faults): Promise<BusyForge> {
  const world = await githubScanWorld(folder, { faults });
  const { server } = world;
  return {
    ...world,
    env: { GITHUB_TOKEN: server.token },
    keep: (path) => server.keep(path),
    trees: (path) => treesIn(world, path),
    requests: async (path) => {
      const heads = await headsIn(world, path);
      return byBranch(
        server.repository(path).pulls.map((pull) => ({
          id: pull.number,
          branch: pull.head,
          target: pull.base,
          state: pull.state,
          title: pull.title,
          description: pull.body,
          labels: pull.labels,
          assignees: pull.assignees.map(({ login }) => login),
          comments: pull.comments.map(({ body }) => body),
          upToDate: pull.state !== 'open' || heads.includes(pull.sha),
        })),
      );
    },
  };
}

export async function busyLocal(folder: string): Promise<BusyForge> {
  const world = localScanWorld(folder);
  return {
    ...world,
    env: {},
    keep: async () => keepFolder(`${folder}/repositories`),
    trees: (path) => treesIn(world, path),
    requests: async (path) => {
      const heads = await headsIn(world, path);
      const ids = readdirSync(world.records(path)).flatMap((name) => (name.endsWith('.json') ? [Number.parseInt(name, 10)] : []));
      return byBranch(
        ids.map((id) => {
          const record = world.record(path, id);
          return {
            ...record,
            branch: record.sourceBranch,
            comments: record.comments.map(({ text }) => text),
            upToDate: record.state !== 'open' || heads.includes(record.commit),
            commit: undefined,
            createdAt: undefined,
            updatedAt: undefined,
            closedAt: undefined,
            events: undefined, // each with its time
          };
        }),
      );
    },
  };
}
