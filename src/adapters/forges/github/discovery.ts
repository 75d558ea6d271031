import { RefusedError } from '../../../domain/errors.ts';
import type { GitHubApi, Listed } from './api.ts';

interface Found {
  readonly full_name: string;
  readonly archived?: boolean | undefined;
  readonly topics?: readonly string[] | undefined;
}

const mostPages = 100;

/**
 * Paths of an organisation's or user's repositories, without archived ones; for an App those it is installed on. The group `*` is, for an
 * App, every account that installed it.
 */
export async function discover(api: GitHubApi, group: string, topic: string | undefined): Promise<readonly string[]> {
  if (group === '*') return discoverAll(api, topic);
  if (group.includes('/')) {
    throw new RefusedError(
      `${api.name}:${group}`,
      `${group}: GitHub has no groups within organisations; write the organisation alone into app.yml`,
    );
  }
  const { items } = api.account.asApp ? await ofInstallation(api, group) : await ofOwner(api, group);
  return items
    .filter(({ archived, topics = [] }) => archived !== true && (topic === undefined || topics.includes(topic)))
    .map(({ full_name: path }) => path)
    .sort();
}

async function discoverAll(api: GitHubApi, topic: string | undefined): Promise<readonly string[]> {
  const owners = await api.account.owners();
  if (owners === undefined) {
    throw new RefusedError(
      `${api.name}:*`,
      `forges.${api.name}: only a GitHub App can discover all its installations; name an organisation`,
    );
  }
  return (await Promise.all(owners.map((owner) => discover(api, owner, topic)))).flat().sort();
}

const ofInstallation = (api: GitHubApi, owner: string): Promise<Listed<Found>> =>
  api.askOwner('listing the repositories of', owner, owner, (rest) =>
    api.list<Found>(
      async (paging) => {
        const { data, headers } = await rest.apps.listReposAccessibleToInstallation(paging);
        return { data: data.repositories, headers };
      },
      { maxPages: mostPages },
    ),
  );

/** An organisation, or else a user; of the token's own user the private ones too. */
async function ofOwner(api: GitHubApi, owner: string): Promise<Listed<Found>> {
  const asked = `listing the repositories of`;
  const most = { maxPages: mostPages };
  try {
    return await api.askOwner(asked, owner, owner, (rest) =>
      api.list<Found>((paging) => rest.repos.listForOrg({ org: owner, type: 'all', ...paging }), most),
    );
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
  }
  const own = (await api.account.login()).toLowerCase() === owner.toLowerCase();
  return api.askOwner(asked, owner, owner, (rest) =>
    api.list<Found>(
      (paging) =>
        own
          ? rest.repos.listForAuthenticatedUser({ affiliation: 'owner', ...paging })
          : rest.repos.listForUser({ username: owner, ...paging }),
      most,
    ),
  );
}
