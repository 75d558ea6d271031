import type { Faults } from '../faults.ts';
import type { Files, Identity } from '../git-repository.ts';
import type { DescribedRoute } from './routes.ts';
import type { Level, User } from './world.ts';

export interface NewUser {
  readonly username: string;
  readonly name?: string;
  readonly email?: string;
  readonly commitEmail?: string;
  readonly token?: string;
  /** Default: api. */
  readonly scopes?: readonly string[];
  /** Role by project or group path, `''` for everywhere; default: developer everywhere. */
  readonly roles?: Readonly<Record<string, Level>>;
  /** Default: active. */
  readonly state?: 'active' | 'blocked';
  /** Is told more of others. */
  readonly admin?: boolean;
  readonly external?: boolean;
}

export interface NewProject {
  /** Default: main. */
  readonly defaultBranch?: string;
  readonly topics?: readonly string[];
  readonly archived?: boolean;
  /** Default: private. */
  readonly visibility?: 'private' | 'internal' | 'public';
  /** Default: enabled. */
  readonly files?: 'enabled' | 'private' | 'disabled';
  /** Patterns; default: the default branch. */
  readonly protectedBranches?: readonly string[];
}

/** What a person changes on a merge request's page. */
export interface PersonsChange {
  readonly title?: string;
  readonly target?: string;
  readonly labels?: readonly string[];
  readonly state?: 'open';
}

export interface GitLabOptions {
  readonly users?: readonly NewUser[];
  /** Files of the first commit by project path. */
  readonly projects?: Readonly<Record<string, Files>>;
  /** With a licence for webhooks of groups. */
  readonly premium?: boolean;
  /** Every answer takes at least that long. */
  readonly delayMs?: number;
  /** The address that it is known by, where that is a proxy's. */
  readonly externalUrl?: string;
  /** GitLab under a path: `/gitlab`. */
  readonly root?: string;
  /** It speaks https. PEM texts. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** This GitLab signs the commits made through its API and names itself as their committer. */
  readonly signingCommitter?: Identity;
  /** What goes wrong; without it, what is told with `fail`. */
  readonly faults?: Faults;
  /** It serves `/PROJECT.git` too. */
  readonly git?: boolean;
  /** What it answers besides what Lockkeeper asks; whoever asks that may ask everything in ways that are not described. */
  readonly routes?: readonly DescribedRoute[];
}

/** The bot that the token belongs to, and a person. */
export const bot = { username: 'lockkeeper', name: 'Lockkeeper', email: 'lockkeeper@example.com', token: 'glpat-bot-0123456789' } as const;
export const ada = {
  username: 'ada',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  token: 'glpat-ada-0123456789',
  roles: { '': 'maintainer' },
} as const satisfies NewUser;

/** Somebody who may read everywhere, and write in forks of their own. */
export const eve = { username: 'eve', roles: { '': 'reporter', eve: 'owner' } } as const satisfies NewUser;

/** With everything that was left out. */
export function toUser(of: NewUser, id: number): User {
  const email = of.email ?? `${of.username}@example.com`;
  return {
    id,
    username: of.username,
    name: of.name ?? of.username,
    email,
    commitEmail: of.commitEmail ?? email,
    token: of.token ?? `glpat-${of.username}-0123456789`,
    scopes: of.scopes ?? ['api'],
    roles: of.roles ?? { '': 'developer' },
    state: of.state ?? 'active',
    admin: of.admin === true,
    external: of.external === true,
  };
}
