import { randomUUID } from 'node:crypto';
import { mayRevoke } from '../../access/end/may-revoke.ts';
import { readBook } from '../../access/grant/book.ts';
import type { Revoked, ShownGrant } from '../../dashboard/access/source.ts';
import type { Grant } from '../../domain/access.ts';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/site.ts';
import type { EndParts } from '../access/ending.ts';
import { type AccessEnvironment, namedEnvironments, textOf } from '../access/environments.ts';
import { revokeNow } from '../access/revoking.ts';
import { forgeOf } from '../judged-environments.ts';

/** Milliseconds for which the forge's answer is not asked for again, where it only says which buttons are drawn. */
const keptFor = 60_000;
const mostKept = 1000;
/** Milliseconds that somebody waits for a page; what was begun then is ended by the next look at the grants. */
const patience = 45_000;

interface Found {
  readonly environment: AccessEnvironment;
  readonly grant: Grant;
}

/** Ends grants for whoever may. */
export class Revoking {
  readonly #parts: EndParts;
  readonly #kept = new Map<string, { readonly may: boolean; readonly until: number }>();

  constructor(parts: EndParts) {
    this.#parts = parts;
  }

  /** Whose button is drawn. */
  async which(viewer: Viewer, grants: readonly ShownGrant[]): Promise<{ readonly ids: ReadonlySet<string>; readonly problem?: string }> {
    try {
      const may = await Promise.all(grants.map(({ id }) => this.#mayStill(viewer, id)));
      return { ids: new Set(grants.flatMap(({ id }, at) => (may[at] === true ? [id] : []))) };
    } catch (error) {
      if (!(error instanceof OutsideError || error instanceof UsageError)) throw error;
      return { ids: new Set(), problem: this.#parts.redact(explain(error)) };
    }
  }

  async revoke(viewer: Viewer, id: string, reason: string): Promise<Revoked> {
    const found = await this.#find(id);
    if (found === undefined || !viewer.sees(found.environment.name)) return { outcome: 'unknown' };
    const { environment, grant } = found;
    const { cluster } = environment;
    try {
      const what = `The access of ${grant.subject.name} to ${grant.namespace}`;
      if (!(await this.#may(viewer, found)))
        return { outcome: 'refused', why: `${what} lasts: ${viewer.name} neither holds it nor may approve it.` };
      if (cluster === undefined)
        return { outcome: 'refused', why: `${what} cannot be ended here: app.yml names no cluster for ${environment.name} any more.` };
      const by = viewer.user === undefined ? `operator:${viewer.actor}` : `${viewer.user.forge}:${viewer.user.name}`;
      const signal = AbortSignal.timeout(patience);
      return { outcome: await revokeNow(this.#parts, { ...environment, cluster }, { id, by, reason }, randomUUID(), signal) };
    } catch (error) {
      const isLate = Error.isError(error) && error.name === 'TimeoutError';
      if (!(isLate || error instanceof OutsideError || error instanceof UsageError)) throw error;
      const why = isLate ? 'it takes longer than this page waits' : this.#parts.redact(explain(error));
      return { outcome: 'failed', why: `${why}. What was begun is ended by the next look at the grants; /access says when it is gone.` };
    }
  }

  async #mayStill(viewer: Viewer, id: string): Promise<boolean> {
    const key = JSON.stringify([viewer.user?.forge, viewer.user?.id, viewer.actor, id]);
    const kept = this.#kept.get(key);
    const now = this.#parts.now().getTime();
    if (kept !== undefined && kept.until > now) return kept.may;
    const found = await this.#find(id);
    const may = found?.environment.cluster !== undefined && (await this.#may(viewer, found));
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(key, { may, until: now + keptFor });
    return may;
  }

  /** As for a comment; on the machine itself, as for the command line. */
  async #may(viewer: Viewer, { environment: { name, repository }, grant }: Found): Promise<boolean> {
    const { user } = viewer;
    if (user === undefined) return viewer.acts(name);
    if (user.forge !== repository.forge) return false;
    const forge = forgeOf(this.#parts.services, repository.forge);
    return mayRevoke(forge, repository.path, { grant, settings: this.#parts.settings }, { ...user, bot: false });
  }

  async #find(id: string): Promise<Found | undefined> {
    const { config, services } = this.#parts;
    for (const environment of namedEnvironments(config, services)) {
      const { grants } = await readBook(services.persistence.store, textOf(environment));
      const record = grants.find(({ grant }) => grant.id === id);
      if (record !== undefined) return { environment, grant: record.grant };
    }
    return undefined;
  }
}
