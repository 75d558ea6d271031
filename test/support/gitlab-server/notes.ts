import { type Call, ok, page, type Reply } from './call.ts';
import type { Note as Described } from './description/notes.ts';
import { userEntity } from './entities.ts';
import { find } from './merge-requests.ts';
import { message, Refused, text } from './parameters.ts';
import { levelIn, levels, type Note, noteQuickActions, type StoredRequest } from './world.ts';

const entity = (call: Call, request: StoredRequest, of: Note): Described => ({
  id: of.id,
  type: null,
  body: of.body,
  author: userEntity(call.world, of.author),
  created_at: of.createdAt.toISOString(),
  updated_at: of.updatedAt.toISOString(),
  system: of.system,
  noteable_id: request.id,
  noteable_type: 'MergeRequest',
  noteable_iid: request.iid,
  project_id: request.project.id,
  resolvable: false,
  confidential: false,
  internal: false,
  imported: false,
  imported_from: 'none',
  commands_changes: {},
});

export function listNotes(call: Call): Reply {
  const request = find(call);
  const { given } = call;
  const field = given['order_by'] === 'updated_at' ? 'updatedAt' : 'createdAt';
  const turn = given['sort'] === 'asc' ? 1 : -1;
  const notes = request.notes.toSorted((one, other) => turn * (one[field].getTime() - other[field].getTime()));
  return page(
    call,
    notes.map((note) => entity(call, request, note)),
  );
}

export function showNote(call: Call): Reply {
  const request = find(call);
  const note = request.notes.find(({ id }) => String(id) === call.parts[2]);
  if (note === undefined) throw message(404, '404 Not found');
  return ok(entity(call, request, note));
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
  const request = find(call);
  if (request.project.archived || levelIn(call.user, request.project.path) < levels.guest) throw message(404, '404 Not Found');
  const at = call.world.now();
  const note: Note = { id: call.world.nextId(), body: bodyOf(call), author: call.user, system: false, createdAt: at, updatedAt: at };
  request.notes.push(note);
  request.updatedAt = at;
  return ok(entity(call, request, note), 201);
}

export function editNote(call: Call): Reply {
  const request = find(call);
  const note = request.notes.find(({ id }) => String(id) === call.parts[2]);
  if (note === undefined) throw message(404, '404 Note Not Found');
  if (note.system || (note.author !== call.user && levelIn(call.user, request.project.path) < levels.maintainer))
    throw message(403, '403 Forbidden');
  note.body = bodyOf(call);
  note.updatedAt = call.world.now();
  return ok(entity(call, request, note));
}
