import { type Call, ok, projectOf, type Reply } from './call.ts';
import type { Approvals } from './description/approvals.ts';
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

export const hasApproved = (request: StoredRequest, user: User): boolean => approvalsOf(request).some((one) => one.user === user);

/** Older versions do not say when. */
export const withoutApprovedAt = new WeakSet<World>();

/** What a licence adds; here nobody demands an approval, so that nothing is left and everything is approved. */
const licensed = ({ world }: Call, request: StoredRequest) => ({
  id: request.id,
  iid: request.iid,
  project_id: request.project.id,
  title: request.title,
  description: request.description,
  state: request.state,
  created_at: request.createdAt.toISOString(),
  updated_at: request.updatedAt.toISOString(),
  merge_status: 'can_be_merged',
  approved: true,
  approvals_required: 0,
  approvals_left: 0,
  require_password_to_approve: false,
  suggested_approvers: world.users.filter((user) => user !== request.author).map((user) => userEntity(world, user)),
  approvers: [],
  approver_groups: [],
  approval_rules_left: [],
  has_approval_rules: false,
  merge_request_approvers_available: true,
  multiple_approval_rules_available: true,
  invalid_approvers_rules: [],
});

/** As the community edition answers: no `approvals_left`, and `approved` means that somebody did. */
const entity = (call: Call, request: StoredRequest): Approvals => ({
  user_has_approved: hasApproved(request, call.user),
  user_can_approve: true,
  approved: approvalsOf(request).length > 0,
  approved_by: approvalsOf(request).map(({ user, at }) => ({
    user: userEntity(call.world, user),
    ...(withoutApprovedAt.has(call.world) ? {} : { approved_at: at.toISOString() }),
  })),
  ...(call.world.premium ? licensed(call, request) : {}),
});

export const showApprovals = (call: Call): Reply => {
  const request = find(call);
  return ok(entity(call, request));
};

/** A second approval of the same user is refused. */
export function addApproval(world: World, request: StoredRequest, user: User): void {
  if (hasApproved(request, user)) throw message(401, '401 Unauthorized');
  known.set(request, [...approvalsOf(request), { user, at: world.now() }]);
  addSystemNote(world, request, 'approved this merge request', user);
}

export function removeApproval(world: World, request: StoredRequest, user: User): void {
  if (!hasApproved(request, user)) throw message(404, '404 Not Found');
  known.set(
    request,
    approvalsOf(request).filter((one) => one.user !== user),
  );
  addSystemNote(world, request, 'unapproved this merge request', user);
}

export function showOtherUser(call: Call): Reply {
  const found = call.world.users.find(({ id }) => String(id) === call.parts[0]);
  if (found === undefined) throw notFound('User');
  const told = call.user.admin ? { external: found.external } : {};
  return ok({ ...userEntity(call.world, found), bot: /^(project|group)_\d+_bot/.test(found.username), ...told });
}

/** Premium's: https://docs.gitlab.com/api/merge_request_approvals/ */
export function showApprovalSettings(call: Call): Reply {
  const { approvalSettings: of } = projectOf(call);
  if (!call.world.premium) throw message(404, '404 Not Found');
  return ok({
    approvals_before_merge: 0,
    reset_approvals_on_push: of.resetOnPush,
    selective_code_owner_removals: false,
    disable_overriding_approvers_per_merge_request: false,
    merge_requests_author_approval: of.byAuthors,
    merge_requests_disable_committers_approval: !of.byCommitters,
    require_password_to_approve: false,
    require_reauthentication_to_approve: false,
  });
}
