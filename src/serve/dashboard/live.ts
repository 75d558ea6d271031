import { Readable } from 'node:stream';
import type { Persistence } from '../../adapters/store/open.ts';
import type { LiveSource } from '../../dashboard/live/room.ts';
import type { Job } from '../../domain/queue.ts';
import type { Schedule } from '../../runtime/schedule.ts';
import { every } from '../access/every.ts';

export interface LiveOptions {
  /** What it says differs when something that pages show has changed. */
  readonly stamp: () => Promise<string>;
  /** Milliseconds between two looks; none while nobody listens. */
  readonly pause?: number;
  /** Listeners at once. */
  readonly most?: number;
}

/** Looks between two signs of life, which keep proxies from ending the connection: about 20 s. */
const looksPerSign = 20;
/** Looks for which a change may be news to a page that was made before it listened. */
const newsFor = 5;

/** Tells all who listen that something changed, with one look at the store for all of them. */
export class LiveEvents implements LiveSource {
  readonly #options: Required<LiveOptions>;
  readonly #listeners = new Set<Readable>();
  #looking: Schedule | undefined;
  #stamp: string | undefined;
  #number = 0;
  #quiet = newsFor;
  #stopped = false;

  constructor({ stamp, pause = 1_000, most = 200 }: LiveOptions) {
    this.#options = { stamp, pause, most };
  }

  listen(): Readable | undefined {
    if (this.#stopped || this.#listeners.size >= this.#options.most) return undefined;
    const listener = new Readable({ read: () => {} });
    listener.once('close', () => this.#leave(listener));
    this.#listeners.add(listener);
    listener.push(': events follow\n\n');
    if (this.#looking === undefined) {
      [this.#stamp, this.#quiet] = [undefined, 0];
      this.#looking = every(this.#options.pause, (turn) => this.#look(turn));
    } else if (this.#quiet < newsFor) {
      listener.push(this.#event());
    }
    return listener;
  }

  /** Ends what was sent, so that nobody waits for it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const listener of this.#listeners) listener.push(null);
    await this.#looking?.stop();
  }

  async #look(turn: number): Promise<void> {
    const stamp = await this.#options.stamp().catch(() => this.#stamp); // the page itself says that the store cannot be used
    if (stamp !== this.#stamp) {
      [this.#stamp, this.#quiet] = [stamp, 0];
      this.#number += 1;
      this.#tell(this.#event());
      return;
    }
    this.#quiet += 1;
    if (turn % looksPerSign === looksPerSign - 1) this.#tell(': still here\n\n');
  }

  #event = (): string => `id: ${this.#number}\ndata: ${this.#number}\n\n`;

  /** Who does not read is not written to for ever. */
  #tell(text: string): void {
    if (this.#stopped) return;
    for (const listener of this.#listeners) if (!listener.push(text)) listener.destroy();
  }

  #leave(listener: Readable): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    void this.#looking?.stop();
    this.#looking = undefined;
  }
}

/** Looks at grants and messages come every few seconds: what they change is in the journal. */
const isSteady = ({ data: { kind } }: Pick<Job, 'data'>): boolean => kind === 'access' || kind === 'notify';

/** Differs when the queue, the journal or what was scanned does, in whatever replica: cheap to ask. `ended` counts jobs of this one, as short ones come and go unseen. */
export async function storeStamp(
  { store, queue, journal }: Pick<Persistence, 'store' | 'queue' | 'journal'>,
  ended: number,
): Promise<string> {
  const [jobs, newest, scanned] = await Promise.all([queue().list(), journal().newest(), store.get('service', 'last-scan')]);
  const shown = jobs
    .filter((job) => job.state === 'parked' || !isSteady(job))
    .map(({ id, state, attempts }) => `${id} ${state} ${attempts}`);
  return JSON.stringify([shown, newest?.number, scanned, ended]);
}

/** Of how many jobs that pages show the end was seen here. */
export class EndedJobs {
  count = 0;

  add(job: Pick<Job, 'data'>): void {
    if (!isSteady(job)) this.count += 1;
  }
}
