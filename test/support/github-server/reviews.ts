import { type Call, ok, page, pullOf, type Reply, repositoryOf } from './call.ts';
import { time, userEntity } from './entities.ts';

/** Newest first; pages go by cursors. */
export function listActivities(call: Call): Reply {
  const repository = repositoryOf(call);
  const ref = call.query.get('ref') ?? '';
  const found = repository.activities.filter((one) => [one.ref, one.ref.slice('refs/heads/'.length), ''].some((name) => name === ref));
  const size = Math.min(100, Number(call.query.get('per_page') ?? 30));
  const after = call.query.get('after');
  const left = found.toReversed().filter(({ id }) => after === null || id < Number(after));
  const listed = left.slice(0, size);
  const next = new URLSearchParams(call.query);
  next.set('after', String(listed.at(-1)?.id));
  const body = listed.map((one) => ({
    id: one.id,
    before: one.before,
    after: one.after,
    ref: one.ref,
    timestamp: time(one.at),
    activity_type: one.type,
    actor: one.by === null ? null : userEntity(call.world, one.by),
  }));
  const headers = { link: `<${call.world.api}${call.path}?${next.toString()}>; rel="next"` };
  return left.length > size ? { status: 200, body, headers } : ok(body);
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
