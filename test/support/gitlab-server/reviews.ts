import { type Call, ok, page, type Reply } from './call.ts';
import { userEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message, notFound } from './parameters.ts';
import { addSystemNote } from './pushes.ts';
import type { StoredRequest, User, World } from './world.ts';

interface Approval {
  readonly user: User;
  readonly at: Date;
}

const known = new WeakMap<StoredRequest, Approval[]>();
const approvalsOf = (request: StoredRequest): readonly Approval[] => known.get(request) ?? [];

/** Older versions do not say when. */
export const withoutApprovedAt = new WeakSet<World>();

/** As the community edition answers: no `approvals_left`, and `approved` means that somebody did. */
const entity = (call: Call, request: StoredRequest) => ({
  user_has_approved: approvalsOf(request).some(({ user }) => user === call.user),
  user_can_approve: true,
  approved: approvalsOf(request).length > 0,
  approved_by: approvalsOf(request).map(({ user, at }) => ({
    user: userEntity(call.world, user),
    ...(withoutApprovedAt.has(call.world) ? {} : { approved_at: at.toISOString() }),
  })),
});

export const showApprovals = (call: Call): Reply => {
  const request = find(call);
  return ok(entity(call, request));
};

/** A second approval of the same user is refused. */
export function addApproval(world: World, request: StoredRequest, user: User): void {
  if (approvalsOf(request).some((one) => one.user === user)) throw message(401, '401 Unauthorized');
  known.set(request, [...approvalsOf(request), { user, at: world.now() }]);
  addSystemNote(world, request, 'approved this merge request', user);
}

export function removeApproval(world: World, request: StoredRequest, user: User): void {
  if (!approvalsOf(request).some((one) => one.user === user)) throw message(404, '404 Not Found');
  known.set(
    request,
    approvalsOf(request).filter((one) => one.user !== user),
  );
  addSystemNote(world, request, 'unapproved this merge request', user);
}

/** https://docs.gitlab.com/api/merge_requests/#get-merge-request-diff-versions; newest first. */
export function listVersions(call: Call): Reply {
  const request = find(call);
  const listed = request.versions.map(({ id, sha, createdAt }) => ({
    id,
    head_commit_sha: sha,
    base_commit_sha: sha,
    start_commit_sha: sha,
    created_at: createdAt.toISOString(),
    merge_request_id: request.id,
    state: 'collected',
    real_size: '1',
    patch_id_sha: sha,
  }));
  return page(call, listed.toReversed());
}

export function showOtherUser(call: Call): Reply {
  const found = call.world.users.find(({ id }) => String(id) === call.parts[0]);
  if (found === undefined) throw notFound('User');
  return ok({ ...userEntity(call.world, found), bot: /^(project|group)_\d+_bot/.test(found.username) });
}
