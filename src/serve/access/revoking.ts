import { mayRevoke } from '../../access/end/may-revoke.ts';
import { type Revocation, revokeGrant } from '../../access/end/revoke.ts';
import { passLock, readBook } from '../../access/grant/book.ts';
import type { GrantRecord } from '../../domain/access.ts';
import { commandsIn } from '../../domain/command-comment.ts';
import type { RequestComment } from '../../domain/request-forge.ts';
import { codeSpan, harmlessInline } from '../../markdown/harmless.ts';
import { withCluster } from '../cluster.ts';
import { forgeOf } from '../judged-environments.ts';
import { type EndParts, endPlace, endPorts } from './ending.ts';
import { type AccessCluster, type AccessEnvironment, textOf } from './environments.ts';

type Clustered = AccessEnvironment & { readonly cluster: AccessCluster };

/** Milliseconds that a pass of the service may take before. */
const patience = 60_000;
/** Of one comment. */
const mostRevoked = 5;

/** Ends a grant now, and not while a pass gives or ends one there. */
export function revokeNow(
  parts: EndParts,
  environment: Clustered,
  revocation: Revocation,
  trace: string,
  signal: AbortSignal,
): ReturnType<typeof revokeGrant> {
  return parts.services.persistence.locks.hold(passLock(textOf(environment)), patience, (lost) =>
    withCluster(environment.cluster.place, (server) =>
      revokeGrant(endPorts(parts, environment, server, trace), endPlace(environment), revocation, AbortSignal.any([signal, lost])),
    ),
  );
}

/**
 * Obeys `/lockkeeper access revoke [ID] [because REASON]` of a comment by whoever may; without an id it is about what the merge request gave below which
 * it stands. Gives what is to be answered, undefined where nothing was asked; the same again, when it is handed in again.
 */
export async function revokeInComment(
  parts: EndParts,
  environment: AccessEnvironment,
  { comment, request }: { readonly comment: RequestComment; readonly request?: number },
  trace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = commandsIn(comment).flatMap((one) => (one.kind === 'access' && isRevocation(one.words) ? [one.words.slice(1)] : []));
  if (asked.length === 0) return undefined;
  const { grants } = await readBook(parts.services.persistence.store, textOf(environment));
  const answers: string[] = [];
  for (const words of asked.slice(0, mostRevoked)) {
    const [id] = words[0] === 'because' ? [] : words;
    const reason = words.slice(words.indexOf('because') + 1 || words.length).join(' ');
    const meant = grants.filter(({ grant }) => (id === undefined ? grant.request === request : grant.id === id));
    if (meant.length === 0) answers.push(`There is no grant ${id === undefined ? 'of this' : codeSpan(id.slice(0, 40))}.`);
    for (const record of meant) answers.push(await revokeOne(parts, environment, { record, comment, reason }, trace, signal));
  }
  return [...new Set(answers)].join('\n\n');
}

const isRevocation = ([first]: readonly string[]): boolean => first === 'revoke';

interface Asked {
  readonly record: GrantRecord;
  readonly comment: RequestComment;
  readonly reason: string;
}

async function revokeOne(
  parts: EndParts,
  { cluster, ...environment }: AccessEnvironment,
  { record: { grant, state, because = '' }, comment: { author }, reason }: Asked,
  trace: string,
  signal: AbortSignal,
): Promise<string> {
  const what = `The access of ${harmlessInline(grant.subject.name)} to ${codeSpan(grant.namespace)}`;
  if (state === 'ended') return `${what} is over: ${harmlessInline(because)}.`;
  const forge = forgeOf(parts.services, environment.repository.forge);
  if (!(await mayRevoke(forge, environment.repository.path, { grant, settings: parts.settings }, author)))
    return `${what} lasts: ${harmlessInline(author.name)} neither holds it nor may approve it.`;
  if (cluster === undefined) return `${what} cannot be ended here: app.yml names no cluster for this environment any more.`;
  const by = `${environment.repository.forge}:${author.name}`;
  await revokeNow(parts, { ...environment, cluster }, { id: grant.id, by, ...(reason !== '' && { reason }) }, trace, signal);
  return `${what} is over: revoked by ${harmlessInline(author.name)}.`;
}
