import type { ForgeUser } from '../../../domain/forge-user.ts';

/** As GitHub shows one in whatever it belongs to. */
export interface GitHubUser {
  readonly id: number;
  readonly login: string;
  readonly type: string;
}

export const toUser = ({ id, login, type }: GitHubUser): ForgeUser => ({ id: String(id), name: login, bot: type !== 'User' });
