import { type Call, invalid, notFound, ok, page, type Reply, repositoryOf, text, threadOf, writable } from './call.ts';
import { commentEntity } from './entities.ts';
import { longest } from './pulls.ts';
import type { Comment, Issue, Pull, Repository } from './world.ts';

export function listComments(call: Call): Reply {
  const repository = repositoryOf(call);
  const thread = threadOf(call, repository);
  return page(
    call,
    thread.comments.map((comment) => commentEntity(call.world, repository, thread, comment)),
  );
}

/** By its own number, wherever in the repository it is. */
function found(call: Call, { pulls, issues }: Repository): { readonly thread: Pull | Issue; readonly comment: Comment } {
  for (const thread of [...pulls, ...issues]) {
    const comment = thread.comments.find(({ id }) => String(id) === call.at['comment_id']);
    if (comment !== undefined) return { thread, comment };
  }
  throw notFound();
}

export function getComment(call: Call): Reply {
  const repository = repositoryOf(call);
  const { thread, comment } = found(call, repository);
  return ok(commentEntity(call.world, repository, thread, comment));
}

function bodyOf(call: Call): string {
  const body = text(call, 'body');
  if (body.trim() === '') throw invalid('IssueComment', 'Body cannot be blank');
  if (body.length > longest.body) throw invalid('IssueComment', `body is too long (maximum is ${longest.body} characters)`);
  return body;
}

export function createComment(call: Call): Reply {
  const repository = writable(call, 'issues=write; pull_requests=write');
  const thread = threadOf(call, repository);
  const at = call.world.now();
  const comment = { id: call.world.nextId(), body: bodyOf(call), author: call.user, createdAt: at, updatedAt: at };
  thread.comments.push(comment);
  thread.updatedAt = at;
  return ok(commentEntity(call.world, repository, thread, comment), 201);
}

export function updateComment(call: Call): Reply {
  const repository = writable(call, 'issues=write; pull_requests=write');
  const { thread, comment } = found(call, repository);
  Object.assign(comment, { body: bodyOf(call), updatedAt: call.world.now() });
  return ok(commentEntity(call.world, repository, thread, comment));
}
