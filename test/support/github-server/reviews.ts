import { type Call, ok, page, pullOf, type Reply, repositoryOf } from './call.ts';
import { time, userEntity } from './entities.ts';

/** Newest first; pages go by cursors, of which there is only the first here. */
export function listActivities(call: Call): Reply {
  const repository = repositoryOf(call);
  const ref = call.query.get('ref') ?? '';
  const found = repository.activities.filter((one) => [one.ref, one.ref.slice('refs/heads/'.length), ''].some((name) => name === ref));
  const size = Math.min(100, Number(call.query.get('per_page') ?? 30));
  const listed = found.toReversed().slice(0, size);
  return ok(
    listed.map((one) => ({
      id: one.id,
      before: '0'.repeat(40),
      after: one.after,
      ref: one.ref,
      timestamp: time(one.at),
      activity_type: 'push',
      actor: null,
    })),
  );
}

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
