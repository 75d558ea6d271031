import pLimit from 'p-limit';
import { explain } from '../../domain/errors.ts';
import type { Forge, RepositoryRef } from '../../domain/forge.ts';
import type { SessionUser } from '../../http/login/login.ts';

export interface NamedRepository {
  /** Of the environment. */
  readonly name: string;
  readonly repository: RepositoryRef;
}

/** Names of environments. */
export interface Rights {
  readonly sees: ReadonlySet<string>;
  readonly acts: ReadonlySet<string>;
  /** All that there are. */
  readonly all: readonly string[];
}

export interface RightsPorts {
  forge(name: string): Pick<Forge, 'mayRead' | 'mayWrite' | 'person'> | undefined;
  environments(): Promise<readonly NamedRepository[]>;
  readonly warn: (text: string) => void;
  readonly now: () => Date;
}

/** Milliseconds that an answer of the forge is believed: who is blocked there is out after as long. */
const believed = 60_000;
const mostUsers = 1000;
/** Questions under way at once, of all users together. */
const atOnce = 8;

/** What each person may do at this moment, as the forge says. What could not be found out is a no. */
export class UserRights {
  readonly #ports: RightsPorts;
  readonly #limit = pLimit(atOnce);
  readonly #known = new Map<string, { readonly at: number; readonly rights: Promise<Rights> }>();

  constructor(ports: RightsPorts) {
    this.#ports = ports;
  }

  of(user: SessionUser): Promise<Rights> {
    const key = JSON.stringify([user.forge, user.id, user.name]);
    const at = this.#ports.now().getTime();
    const known = this.#known.get(key);
    if (known !== undefined && at - known.at < believed) return known.rights;
    this.#known.delete(key);
    for (const [oldest] of this.#known) if (this.#known.size >= mostUsers) this.#known.delete(oldest);
    const rights = this.#ask(user);
    this.#known.set(key, { at, rights });
    rights.catch(() => this.#known.delete(key)); // asked again by the next page
    return rights;
  }

  async #ask(user: SessionUser): Promise<Rights> {
    const environments = await this.#ports.environments();
    const all = environments.map(({ name }) => name);
    const theirs = environments.filter(({ repository }) => repository.forge === user.forge);
    const [first] = theirs;
    if (first === undefined || !(await this.#isActive(user, first.repository.path))) return { sees: new Set(), acts: new Set(), all };
    const found = await Promise.all(theirs.map(async (one) => ({ name: one.name, ...(await this.#rightsIn(user, one.repository.path)) })));
    const names = (which: typeof found): ReadonlySet<string> => new Set(which.map(({ name }) => name));
    return { sees: names(found.filter(({ reads }) => reads)), acts: names(found.filter(({ writes }) => writes)), all };
  }

  #isActive(user: SessionUser, path: string): Promise<boolean> {
    return this.#allowed(user, `who ${user.name} is`, async (forge) => {
      const person = await forge.person(path, user.name);
      return person?.id === user.id && person.active && !person.bot;
    });
  }

  async #rightsIn(user: SessionUser, path: string): Promise<{ readonly reads: boolean; readonly writes: boolean }> {
    const writes = await this.#allowed(user, `whether ${user.name} may write ${path}`, (forge) => forge.mayWrite(path, user));
    return {
      writes,
      reads: writes || (await this.#allowed(user, `whether ${user.name} may read ${path}`, (forge) => forge.mayRead(path, user))),
    };
  }

  #allowed(
    user: SessionUser,
    what: string,
    ask: (forge: NonNullable<ReturnType<RightsPorts['forge']>>) => Promise<boolean>,
  ): Promise<boolean> {
    const forge = this.#ports.forge(user.forge);
    if (forge === undefined) return Promise.resolve(false);
    return this.#limit(async () => {
      try {
        return await ask(forge);
      } catch (error) {
        this.#ports.warn(`asking ${user.forge} ${what}, which counts as a no until it answers: ${explain(error)}`);
        return false;
      }
    });
  }
}
