import { type Call, invalid, notFound, ok, page, permissionOf, pullOf, Refused, type Reply, repositoryOf, writable } from './call.ts';
import { pullEntity, time, userEntity } from './entities.ts';
import type { User, World } from './world.ts';

const isSame = (one: string, other = ''): boolean => one.toLowerCase() === other.toLowerCase();

const userOf = (world: World, login: string): User | undefined =>
  [...world.users, ...(world.app === undefined ? [] : [world.app.bot])].find((user) => isSame(user.login, login));

const isDotCom = ({ url }: World): boolean => url === 'https://github.com';

/** github.com shows nothing of a suspended user, an Enterprise Server since when. https://docs.github.com/en/rest/users/users#get-a-user */
export function showUser(call: Call): Reply {
  const { world } = call;
  const user = userOf(world, call.at['username'] ?? '');
  const suspended = user !== undefined && world.suspended.has(user.login);
  if (user === undefined || (suspended && isDotCom(world))) throw notFound();
  const shown = { ...userEntity(world, user), name: user.name, email: user.shown === true ? user.email : null, user_view_type: 'public' };
  return { ...ok(shown), ...(isDotCom(world) ? {} : { ofServer: { suspended_at: suspended ? time(new Date(0)) : null } }) };
}

/** An Enterprise Server leaves suspended users where they are. */
export function listTeamMembers(call: Call): Reply {
  const { world } = call;
  const team = world.teams.find(({ path }) => isSame(path, `${call.at['org']}/${call.at['team_slug']}`));
  if (team === undefined) throw notFound();
  const members = team.members.filter(({ login }) => !isDotCom(world) || !world.suspended.has(login));
  return page(
    call,
    members.map((user) => ({ ...userEntity(world, user), role: 'member', inherited: false })),
  );
}

/** One who cannot be asked refuses them all. https://docs.github.com/en/rest/pulls/review-requests#request-reviewers-for-a-pull-request */
export function requestReviewers(call: Call): Reply {
  const repository = writable(call, 'pull_requests=write');
  const pull = pullOf(call, repository);
  const logins = (call.body['reviewers'] ?? []) as readonly string[];
  if (logins.some((login) => isSame(login, pull.author.login)))
    throw invalid('PullRequest', 'Review cannot be requested from pull request author.');
  const users = logins.flatMap((login) => userOf(call.world, login) ?? []);
  if (users.length < logins.length || users.some((user) => permissionOf(user, repository.owner) === undefined)) {
    const who = `a collaborator of the ${repository.owner}/${repository.name} repository`;
    throw new Refused(
      422,
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not ${who}.`,
    );
  }
  pull.requested = [...new Set([...pull.requested, ...users])];
  pull.updatedAt = call.world.now();
  return ok(pullEntity(call.world, pull), 201);
}

/** Of rulesets. */
export const listRules = (call: Call): Reply => page(call, repositoryOf(call).rules);

export function getProtection(call: Call): Reply {
  const { protection, defaultBranch } = repositoryOf(call);
  if (protection === 'hidden') throw new Refused(403, 'Resource not accessible by integration');
  if (protection === undefined || call.at['branch'] !== defaultBranch) throw new Refused(404, 'Branch not protected');
  return ok(protection);
}
