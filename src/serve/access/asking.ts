import { readBook } from '../../access/grant/book.ts';
import { type AskingComment, obeyAsking } from '../../access/request/comment.ts';
import type { Forge } from '../../domain/forge.ts';
import { forgeOf } from '../judged-environments.ts';
import { type AccessEnvironment, type AccessParts, textOf } from './environments.ts';
import { reviewJob } from './jobs.ts';
import { revokeInComment } from './revoking.ts';

/** Where somebody wrote a comment: below a merge request or an issue. */
export interface Below {
  readonly kind: 'request' | 'issue';
  readonly number: number;
  readonly comment: number;
}

/** Obeys `/lockkeeper access …` of a comment, read again from the forge, and answers below it: once, however often it is obeyed. */
export async function askInComment(
  parts: AccessParts,
  environment: AccessEnvironment,
  below: Below,
  trace: string,
  signal: AbortSignal,
): Promise<void> {
  const { services, settings, redact, log, now } = parts;
  const { store } = services.persistence;
  const { path } = environment.repository;
  const forge = forgeOf(services, environment.repository.forge);
  const asking = await readComment(forge, environment, below);
  if (asking === undefined) return;
  signal.throwIfAborted();
  const { grants } = await readBook(store, textOf(environment));
  const held = grants.filter(({ state }) => state !== 'ended').map(({ grant }) => grant);
  const about = { comment: asking.comment, ...(below.kind === 'request' && { request: below.number }) };
  const revoked = await revokeInComment(parts, environment, about, trace, signal);
  const { text: asked, answers } = await obeyAsking(
    { forge, settings, held, store, now: now() },
    { environment: environment.name, path },
    asking,
  );
  const opened = answers.flatMap((one) => (one.outcome === 'opened' || one.outcome === 'there' ? [one.id] : []));
  if (opened.length > 0) await services.persistence.queue().add(opened.map((id) => reviewJob(textOf(environment), id, trace)));
  const text = [revoked, asked].filter((one) => one !== undefined).join('\n\n');
  if (text === '') return;
  const key = `access-${below.comment}`;
  if (below.kind === 'issue') await forge.commentIssue(path, below.number, key, redact(text));
  else await forge.comment(path, below.number, key, redact(text));
  log.info({ trace, environment: environment.name, by: asking.comment.author.name, requests: opened }, 'answered who asks for access');
}

async function readComment(
  forge: Forge,
  environment: AccessEnvironment,
  { kind, number, comment: id }: Below,
): Promise<AskingComment | undefined> {
  const { path } = environment.repository;
  const comment = kind === 'issue' ? await forge.issueComment(path, number, id) : await forge.requestComment(path, number, id);
  return (
    comment && {
      name: `${textOf(environment)} ${kind} ${number} ${id}`,
      comment,
      alone: kind === 'issue',
      ...pageOf(forge, path, kind, number),
    }
  );
}

/** The page that it stands on. */
function pageOf({ traits: { type, url } }: Forge, path: string, kind: Below['kind'], number: number): Pick<AskingComment, 'url'> {
  if (type === 'local') return {};
  const pages = { gitlab: { issue: '-/issues', request: '-/merge_requests' }, github: { issue: 'issues', request: 'pull' } } as const;
  return { url: `${url}/${path}/${pages[type][kind]}/${number}` };
}
