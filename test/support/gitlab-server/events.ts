import { type Call, page, projectOf, type Reply } from './call.ts';
import type { Event } from './description/events.ts';
import { userEntity } from './entities.ts';
import { message } from './parameters.ts';
import { levelIn, levels, type Project, type Push, type World } from './world.ts';

/** https://docs.gitlab.com/api/events/#list-all-visible-events-for-a-project; pushes alone, newest first. */
export function listEvents(call: Call): Reply {
  const project = projectOf(call);
  if (levelIn(call.user, project.path) < levels.reporter) throw message(403, '403 Forbidden');
  return page(
    call,
    project.pushes.toReversed().map((push) => entity(call.world, project, push)),
  );
}

const entity = (world: World, project: Project, { id, user, branch, from, to, at }: Push): Event => ({
  id,
  project_id: project.id,
  action_name: from === undefined ? 'pushed new' : 'pushed to',
  target_id: null,
  target_iid: null,
  target_type: null,
  author_id: user.id,
  target_title: null,
  created_at: at.toISOString(),
  author: userEntity(world, user),
  imported: false,
  imported_from: 'none',
  push_data: {
    commit_count: 1,
    action: from === undefined ? 'created' : 'pushed',
    ref_type: 'branch',
    commit_from: from ?? null,
    commit_to: to ?? null,
    ref: to === undefined ? null : branch,
    commit_title: 'x',
    ref_count: null,
  },
  author_username: user.username,
});
