import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { explain } from '../domain/errors.ts';
import type { Queue } from '../domain/queue.ts';
import type { Store } from '../domain/store.ts';
import type { WatchedForge, WatchedPlaces } from '../domain/watched-forge.ts';
import { jobsOf } from '../http/webhooks/sender.ts';
import { createServed, type Served, type ServedSettings } from '../http/webhooks/served.ts';
import type { Schedule } from '../runtime/schedule.ts';
import type { Services } from '../services.ts';
import { askedSince, type Seen, seenIn } from './local-changes.ts';
import { webhookSettings } from './webhook-settings.ts';

/** Milliseconds between two looks. */
const pause = 3000;
/** Milliseconds until what failed is tried again though nothing has changed there. */
const patience = 60_000;
const space = 'local-pushes';

interface Ports {
  readonly store: Pick<Store, 'get' | 'put'>;
  readonly queue: Pick<Queue, 'add'>;
  readonly log: Logger;
}

/** What webhooks are elsewhere: in forges that tell nobody of pushes, the service looks. Resolves when nothing can be missed any more; nothing is looked at where app.yml names nothing there. */
export async function startLocalPushes(config: Config, services: Pick<Services, 'watchedForge'>, ports: Ports): Promise<Schedule> {
  const settings = webhookSettings(config);
  const names = Object.keys(config.forges).filter((name) => hasAny(placesIn(settings, name)));
  const made = await Promise.all(
    names.map(async (name) => {
      const forge = await services.watchedForge(name);
      return forge === undefined ? [] : [new LocalPushes({ ...ports, name, forge, settings })];
    }),
  );
  const watches = made.flat();
  for (const watch of watches) await watch.begin();
  const stopped = new AbortController();
  const looking = Promise.all(watches.map((watch) => lookUntil(stopped.signal, watch)));
  return {
    stop: async () => {
      stopped.abort();
      await looking;
    },
  };
}

async function lookUntil(signal: AbortSignal, watch: LocalPushes): Promise<void> {
  while (!signal.aborted) {
    await watch.look(signal);
    await sleep(pause, undefined, { signal }).catch(() => {}); // stopped
  }
}

const hasAny = ({ repositories, groups }: WatchedPlaces): boolean => repositories.length + groups.length > 0;

/** What app.yml names of a forge. Of sources whose path holds `{name}`, the folder before it. */
export function placesIn({ environments, sources }: ServedSettings, forge: string): WatchedPlaces {
  const named = [...environments.flatMap((one) => ('repository' in one ? [one.repository] : [])), ...sources];
  const here = named.filter((one) => one.forge === forge).map(({ path }) => path);
  const discovered = environments.flatMap((one) => ('discover' in one && one.discover.forge === forge ? [one.discover.path] : []));
  const isPattern = (path: string): boolean => path.includes('{name}');
  const groups = [
    ...discovered.map((path) => path.replace(/\/?\*$/, '')),
    ...here.filter(isPattern).map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/', path.indexOf('{name}'))))),
  ];
  return { repositories: here.filter((path) => !isPattern(path)), groups: [...new Set(groups)] };
}

interface Parts extends Ports {
  /** The forge's name in app.yml. */
  readonly name: string;
  readonly forge: WatchedForge;
  readonly settings: ServedSettings;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock?: () => number;
}

/** One forge that is looked at. What was seen last is remembered, so that what happens while nobody looks is found. */
export class LocalPushes {
  readonly #parts: Parts;
  readonly #places: WatchedPlaces;
  readonly #served: Served;
  readonly #clock: () => number;
  /** When to try again what failed, by repository. */
  readonly #again = new Map<string, number>();
  /** What was said last of a repository, or of all. */
  readonly #said = new Map<string, string>();
  /** Whether a repository that is not remembered is a new one. */
  #looked = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#places = placesIn(parts.settings, parts.name);
    this.#served = createServed(parts.settings);
    this.#clock = parts.clock ?? (() => performance.now());
  }

  /** Where nothing is remembered, the first look: what is there then the schedules find, which start later. Never throws. */
  async begin(): Promise<void> {
    await this.#unlessFails(async () => {
      this.#looked = (await this.#parts.store.get(space, this.#parts.name)) !== undefined;
    });
    if (!this.#looked) await this.look();
  }

  /** Asks for what is to be done after what has happened since the last look. Never throws. */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#unlessFails(async () => {
      const { name, forge, store } = this.#parts;
      const due = [...this.#again].flatMap(([path, at]) => (at <= this.#clock() ? [path] : []));
      for (const path of new Set([...(await forge.moved(this.#places)), ...due])) {
        if (signal?.aborted === true) return;
        await this.#tried(path);
      }
      if (!this.#looked) await store.put(space, name, true);
      this.#looked = true;
    });
  }

  async #unlessFails(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#say('', '');
    } catch (error) {
      this.#say('', `the forge ${this.#parts.name} cannot be looked at: ${explain(error)}`);
    }
  }

  async #tried(path: string): Promise<void> {
    const repository = { forge: this.#parts.name, path };
    if (this.#served.environment(repository) === undefined && this.#served.source(repository) === undefined) return;
    try {
      this.#say(path, (await this.#follow(path)).join('; '));
      this.#again.delete(path);
    } catch (error) {
      this.#again.set(path, this.#clock() + patience);
      this.#say(path, explain(error));
    }
  }

  /** Gives what could not be read. Asks first and remembers then: killed in between, it asks once more, which costs a look. */
  async #follow(path: string): Promise<readonly string[]> {
    const { name, forge, store, queue, log } = this.#parts;
    const key = `${name}:${path}`;
    const sight = await forge.sight(path);
    const [before, seen] = [await store.get<Seen>(space, key), seenIn(sight)];
    // With an empty store all is looked at anyhow, later than this: schedules catch up.
    const mayAsk = before !== undefined || this.#looked;
    const jobs = mayAsk ? jobsOf(askedSince(before, sight, { forge: name, path }, this.#served), randomUUID()) : [];
    if (jobs.length > 0) {
      await queue.add(jobs);
      const asked = jobs.map(({ data, key: of }) => `${data.kind} ${of}`);
      log.info({ repository: key, trace: jobs[0]?.trace, jobs: asked }, 'a change in a local repository was seen');
    }
    if (!isDeepStrictEqual(before, seen)) await store.put(space, key, seen);
    return sight.problems;
  }

  /** Once, until it is something else. */
  #say(about: string, text: string): void {
    if (this.#said.get(about) === text) return;
    this.#said.set(about, text);
    if (text !== '') this.#parts.log.warn({ repository: `${this.#parts.name}:${about}` }, text);
  }
}
