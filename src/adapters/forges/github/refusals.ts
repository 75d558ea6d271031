import { ConflictError, OutsideError, RefusedError } from '../../../domain/errors.ts';
import { GitHubRefusal } from './transport.ts';

/** What was being done when GitHub said no. */
export interface Attempt {
  /** Name of the forge in app.yml. */
  readonly forge: string;
  /** GitHub's address, as people know it. */
  readonly url: string;
  /** `owner/name` or an organisation; absent for requests about ourselves. */
  readonly path?: string | undefined;
  /** `listing the branches of`: fits before the path. */
  readonly doing: string;
  /** Acting as a GitHub App, not with a token. */
  readonly asApp: boolean;
  /** The permission that it takes, where that is not one of contents and pull requests. */
  readonly permission?: string | undefined;
}

/** Runs one piece of work; a refusal comes out as the error that people read, every other error as it is. */
export async function explained<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = refusalIn(error);
    throw cause instanceof GitHubRefusal ? explainRefusal(attempt, cause) : cause;
  }
}

/** Octokit wraps what its transport throws. Its own error holds the request, so it is never passed on. */
export function refusalIn(error: unknown): unknown {
  const cause = Error.isError(error) && error.name === 'HttpError' ? error.cause : error;
  return cause instanceof GitHubRefusal || cause instanceof OutsideError ? cause : error;
}

/** What GitHub's answer means and who has to change what. The text holds GitHub's own words and never the token. */
function explainRefusal(attempt: Attempt, { status, reason }: GitHubRefusal): OutsideError {
  const host = new URL(attempt.url).host;
  const scope = attempt.path === undefined ? host : `${attempt.forge}:${attempt.path}`;
  const said = `${attempt.doing}${attempt.path === undefined ? '' : ` ${attempt.path}`} at ${host}: ${status} ${reason}`.trimEnd();
  if (attempt.path !== undefined && isEmpty(status, reason)) return emptyRepository(scope, `${attempt.path} at ${host}`);
  if (isMoved(status, reason)) return new ConflictError(scope, `${said}; the next run looks again`, { status });
  return new RefusedError(scope, `${said}; ${advice(attempt, status, reason)}`, { status });
}

/** Its owner has to begin it: no right is missing, so no status is told. */
export const emptyRepository = (scope: string, where: string): RefusedError =>
  new RefusedError(scope, `${where}: the repository is empty; push a first commit, for example of \`lockkeeper init\``);

const isEmpty = (status: number, reason: string): boolean => status === 409 && /empty/i.test(reason);

const isMoved = (status: number, reason: string): boolean =>
  status === 409 || (status === 422 && /Reference (already exists|does not exist)/i.test(reason));

function advice({ forge, path = '', doing, asApp, permission }: Attempt, status: number, reason: string): string {
  const [where, who] = asApp ? [`forges.${forge}.appId and privateKey`, 'the GitHub App'] : [`forges.${forge}.token`, 'the token'];
  if (status === 401)
    return `put ${asApp ? 'the number and the key of one App' : 'a valid token'} into ${where}; it may have expired or been revoked`;
  if (/archived/i.test(reason)) return 'unarchive the repository, or take it out of app.yml';
  if (/protected|rule violation|force-push|cannot update/i.test(reason)) {
    const what = /^making tag/.test(doing) ? 'create tags lockkeeper-journal/*' : 'create, update and delete branches lockkeeper/*';
    return `let ${asApp ? 'the App' : "the token's user"} ${what} of ${path} (Settings › Rules)`;
  }
  if (status === 403 && reason.includes('it takes the permission')) return `give ${who} that permission for ${path || 'this'}`;
  if (status === 403)
    return `give ${who} access to ${path || 'this'} with ${permission === undefined ? 'the permissions contents and pull requests: read and write' : `the permission ${permission}`}`;
  if (status === 404)
    return `check the path in app.yml, and that ${who} has access to ${path}${permission === undefined ? '' : ` with the permission ${permission}`}`;
  if (status < 400) return 'it was renamed or transferred: write the address it has now into app.yml';
  return 'GitHub refuses this request as it is';
}
