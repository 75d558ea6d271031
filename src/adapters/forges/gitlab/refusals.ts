import { ConflictError, type OutsideError, RefusedError } from '../../../domain/errors.ts';
import { GitLabRefusal } from './transport.ts';

/** What was being done when GitLab said no. */
export interface Attempt {
  /** Name of the forge in app.yml. */
  readonly forge: string;
  /** GitLab's address. */
  readonly url: string;
  /** Project or group; absent for requests about the token's user. */
  readonly path?: string | undefined;
  /** `listing the branches of`: fits before the path. */
  readonly doing: string;
  /** The role that it takes; absent: Developer. */
  readonly role?: string | undefined;
}

/** Runs one piece of work; a refusal comes out as the error that people read, every other error as it is. */
export async function explained<T>(attempt: Attempt, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof GitLabRefusal ? explainRefusal(attempt, error) : error;
  }
}

/** What GitLab's answer means and who has to change what. The text holds GitLab's own words and never the token. */
function explainRefusal(attempt: Attempt, { status, reason }: GitLabRefusal): OutsideError {
  const host = new URL(attempt.url).host;
  const scope = attempt.path === undefined ? host : `${attempt.forge}:${attempt.path}`;
  const said = `${attempt.doing}${attempt.path === undefined ? '' : ` ${attempt.path}`} at ${host}: ${status} ${reason}`.trimEnd();
  if (status === 409) return new ConflictError(scope, `${said}; the next run looks again`, { status });
  return new RefusedError(scope, `${said}; ${advice(attempt, status, reason)}`, { status });
}

function advice({ forge, path = '', doing, role = 'Developer' }: Attempt, status: number, reason: string): string {
  const token = `forges.${forge}.token`;
  if (status === 401) return `put a valid token into ${token}; it may have expired or been revoked`;
  if (/insufficient_scope/i.test(reason)) return `the token in ${token} needs the scope "api"`;
  if (/archived/i.test(reason)) return 'unarchive the project, or take it out of app.yml';
  if (/^making tag/.test(doing) && (status === 403 || /protected/i.test(reason))) {
    return `give the token's user the role Developer in ${path} and, where a rule protects the tag, allow them to create it (Settings › Repository › Protected tags)`;
  }
  // GitLab says so for a role that is too low as well as for a protected branch.
  if (/protected|not allowed to push/i.test(reason)) {
    return `give the token's user the role Developer in ${path} and, where a rule protects lockkeeper/*, allow them to push and force-push there (Settings › Repository › Protected branches)`;
  }
  if (status === 403) return `give the token's user the role ${role} in ${path}`;
  if (status === 404) return `check the path in app.yml, and that the token's user is a member with the role ${role}`;
  if (status < 400) return `write the address it has now into app.yml`;
  if (/url is blocked/i.test(reason))
    return 'server.url has to be one that GitLab may call (Admin › Settings › Network › Outbound requests)';
  return 'GitLab refuses this request as it is';
}
