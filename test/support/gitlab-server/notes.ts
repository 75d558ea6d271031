import { type Call, ok, page, projectOf, type Reply } from './call.ts';
import type { Note as Described } from './description/notes.ts';
import { userEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message, Refused, text } from './parameters.ts';
import { levelIn, levels, type Note, noteQuickActions, type StoredIssue, type StoredRequest } from './world.ts';

type Thread = Pick<StoredRequest | StoredIssue, 'id' | 'iid' | 'project' | 'notes' | 'updatedAt'>;

const isOnIssue = ({ path }: Call): boolean => /^\/projects\/[^/]+\/issues\//.test(path);

function threadOf(call: Call): Thread {
  if (!isOnIssue(call)) return find(call);
  const found = projectOf(call).issues.find(({ iid }) => String(iid) === call.parts[1]);
  if (found === undefined) throw message(404, '404 Not found');
  return found;
}

const entity = (call: Call, thread: Thread, of: Note): Described => ({
  id: of.id,
  type: null,
  body: of.body,
  author: userEntity(call.world, of.author),
  created_at: of.createdAt.toISOString(),
  updated_at: of.updatedAt.toISOString(),
  system: of.system,
  noteable_id: thread.id,
  noteable_type: isOnIssue(call) ? 'Issue' : 'MergeRequest',
  noteable_iid: thread.iid,
  project_id: thread.project.id,
  resolvable: false,
  confidential: false,
  internal: false,
  imported: false,
  imported_from: 'none',
  commands_changes: {},
});

export function listNotes(call: Call): Reply {
  const thread = threadOf(call);
  const { given } = call;
  const field = given['order_by'] === 'updated_at' ? 'updatedAt' : 'createdAt';
  const turn = given['sort'] === 'asc' ? 1 : -1;
  const notes = thread.notes.toSorted((one, other) => turn * (one[field].getTime() - other[field].getTime()));
  return page(
    call,
    notes.map((note) => entity(call, thread, note)),
  );
}

export function showNote(call: Call): Reply {
  const thread = threadOf(call);
  const note = thread.notes.find(({ id }) => String(id) === call.parts[2]);
  if (note === undefined) throw message(404, '404 Not found');
  return ok(entity(call, thread, note));
}

const longest = 1_000_000;

function bodyOf(call: Call): string {
  const body = text(call.given, 'body');
  if (body.trim() === '') throw message(400, '400 Bad request - Note {:note=>["can\'t be blank"]}');
  if (body.length > longest) throw new Refused(400, { message: { note: [`is too long (maximum is ${longest} characters)`] } });
  noteQuickActions(call.world, body);
  return body;
}

export function createNote(call: Call): Reply {
  const thread = threadOf(call);
  if (thread.project.archived || levelIn(call.user, thread.project.path) < levels.guest) throw message(404, '404 Not Found');
  const at = call.world.now();
  const note: Note = { id: call.world.nextId(), body: bodyOf(call), author: call.user, system: false, createdAt: at, updatedAt: at };
  thread.notes.push(note);
  thread.updatedAt = at;
  return ok(entity(call, thread, note), 201);
}

export function editNote(call: Call): Reply {
  const thread = threadOf(call);
  const note = thread.notes.find(({ id }) => String(id) === call.parts[2]);
  if (note === undefined) throw message(404, '404 Note Not Found');
  if (note.system || (note.author !== call.user && levelIn(call.user, thread.project.path) < levels.maintainer))
    throw message(403, '403 Forbidden');
  note.body = bodyOf(call);
  note.updatedAt = call.world.now();
  return ok(entity(call, thread, note));
}
