import { type Call, page, pullOf, type Reply, repositoryOf } from './call.ts';
import { time, userEntity } from './entities.ts';

/** In the order in which they were handed in. */
export function listReviews(call: Call): Reply {
  const pull = pullOf(call, repositoryOf(call));
  const listed = pull.reviews.map(({ id, author, state, commit, at }) => ({
    id,
    user: userEntity(call.world, author),
    body: '',
    state,
    commit_id: commit,
    ...(state === 'PENDING' ? {} : { submitted_at: time(at) }),
    html_url: `${call.world.url}/x`,
    pull_request_url: `${call.world.api}/x`,
  }));
  return page(call, listed);
}
