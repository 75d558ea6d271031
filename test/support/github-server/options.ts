import type { Faults } from '../faults.ts';
import type { Files } from '../git-repository.ts';
import type { Permission, User } from './world.ts';

export interface NewUser {
  readonly login: string;
  readonly name?: string;
  readonly token?: string;
  readonly email?: string;
  /** By owner, `''` for everywhere; default: write everywhere. */
  readonly permissions?: Readonly<Record<string, Permission>>;
  readonly role?: User['role'];
  /** Default: User. */
  readonly type?: User['type'];
  /** The profile shows the address. */
  readonly shown?: boolean;
  /** Default: it may see to webhooks of repositories. */
  readonly hooks?: boolean;
  /** Default: none whose webhooks it may see to. */
  readonly organisations?: readonly string[];
}

export interface NewRepository {
  /** Default: main. */
  readonly defaultBranch?: string;
  readonly topics?: readonly string[];
  readonly archived?: boolean;
}

export interface GitHubOptions {
  readonly users?: readonly NewUser[];
  /** Files of the first commit by repository path. */
  readonly repositories?: Readonly<Record<string, Files>>;
  /** As github.com, whose API is a host of its own; else as an Enterprise Server, under `/api/v3`. */
  readonly dotCom?: boolean;
  /** A GitHub App, installed by these owners. */
  readonly app?: { readonly id: number; readonly publicKey: string; readonly installedBy: readonly string[] };
  /** Of two things that happen one after the other, the later is at least that many milliseconds later; default: 1. GitHub tells whole seconds. */
  readonly stepMs?: number;
  /** Every answer takes at least that long. */
  readonly delayMs?: number;
  /** What goes wrong; without it, what is told with `fail`. */
  readonly faults?: Faults;
}

/** The bot that the token belongs to, and a person. */
export const bot = { login: 'lockkeeper', name: 'Lockkeeper', email: 'lockkeeper@example.com', token: 'ghp_bot0123456789' } as const;
export const ada = { login: 'ada', name: 'Ada Lovelace', email: 'ada@example.com', token: 'ghp_ada0123456789' } as const satisfies NewUser;

export const grace = {
  login: 'grace',
  name: 'Grace Hopper',
  email: 'grace@example.com',
  token: 'ghp_grace0123456789',
} as const satisfies NewUser;

/** The account of somebody's program. */
export const renovate = { login: 'renovate[bot]', type: 'Bot', token: 'ghs_renovate0123456789' } as const satisfies NewUser;

/** An organisation, which to much of the API is a user. */
export const acme = { login: 'acme', type: 'Organization', token: 'ghp_acme0123456789' } as const satisfies NewUser;

/** Somebody who may read everywhere, and write in forks of their own. */
export const eve = { login: 'eve', token: 'ghp_eve0123456789', permissions: { '': 'read', eve: 'write' } } as const satisfies NewUser;

/** With everything that was left out. */
export const toUser = ({ login, ...of }: NewUser, id: number): User => ({
  id,
  login,
  name: of.name ?? login,
  email: of.email ?? `${id}+${login}@users.noreply.github.com`,
  token: of.token ?? `ghp_${login}0123456789`,
  type: of.type ?? 'User',
  ...(of.shown !== undefined && { shown: of.shown }),
  permissions: of.permissions ?? { '': 'write' },
  ...(of.role !== undefined && { role: of.role }),
  hooks: of.hooks ?? true,
  organisations: of.organisations ?? [],
});
