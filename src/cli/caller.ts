import { userInfo } from 'node:os';
import type { Context } from './context.ts';

/** Who runs this: in a pipeline whoever started it, else the user of this machine. */
export function caller(env: Context['env']): string {
  const named = env['GITLAB_USER_LOGIN'] ?? env['GITHUB_ACTOR'] ?? '';
  return named === '' ? userInfo().username : named;
}
