import type { ClusterAddress } from '../../../domain/cluster.ts';
import type { Binaries } from './binaries.ts';
import type { ControlPlane } from './start.ts';

/** A running control plane, shared with others until it is released. */
export interface Lease {
  readonly address: ClusterAddress;
  /** Of Kubernetes: `1.36.3`. */
  readonly version: string;
  /** To be called once: it may be stopped from then on. */
  release(): void;
}

export interface ControlPlanes {
  /** `version`: `1.36`, `1.36.3`; without one, what the machine has. Throws OutsideError when none can be had, the signal's reason when it fires; others go on waiting. */
  lease(version?: string, signal?: AbortSignal): Promise<Lease>;
  /** Stops all, leased or not. */
  close(): Promise<void>;
}

export interface ControlPlaneParts {
  readonly obtain: (version: string | undefined, signal: AbortSignal) => Promise<Binaries>;
  readonly start: (binaries: Binaries, signal: AbortSignal) => Promise<ControlPlane>;
  /** Told why one that was running has died. */
  readonly died: (error: Error) => void;
}

/** That many are kept warm though nobody uses them: each costs some 320 MB. */
const mostIdle = 3;

interface Kept {
  readonly running: Promise<ControlPlane>;
  users: number;
}

/** One of each version, warm: started when it is first asked for, once however many ask; started anew when it has died. */
export function createControlPlanes(parts: ControlPlaneParts): ControlPlanes {
  return new Pool(parts);
}

class Pool implements ControlPlanes {
  readonly #parts: ControlPlaneParts;
  /** By what was asked for. */
  readonly #binaries = new Map<string, Promise<Binaries>>();
  /** By the path of the API server's program; the one that was used last is the last. */
  readonly #kept = new Map<string, Kept>();
  readonly #closing = new AbortController();

  constructor(parts: ControlPlaneParts) {
    this.#parts = parts;
  }

  async lease(version?: string, signal?: AbortSignal): Promise<Lease> {
    this.#closing.signal.throwIfAborted();
    const binaries = await unlessAborted(this.#obtain(version), signal);
    this.#closing.signal.throwIfAborted();
    const kept = this.#keep(binaries);
    kept.users += 1;
    let left = false;
    const release = (): void => {
      if (left) return;
      left = true;
      kept.users -= 1;
      void this.#stopIdle();
    };
    try {
      const { address, version: exact } = await unlessAborted(kept.running, signal);
      return { address, version: exact, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #obtain(version: string | undefined): Promise<Binaries> {
    const key = version ?? '';
    const known = this.#binaries.get(key);
    if (known !== undefined) return known;
    const obtaining = this.#parts.obtain(version, this.#closing.signal);
    this.#binaries.set(key, obtaining);
    obtaining.catch(() => this.#binaries.delete(key)); // the next who asks tries again
    return obtaining;
  }

  #keep(binaries: Binaries): Kept {
    const key = binaries.apiserver;
    const kept = this.#kept.get(key) ?? { running: this.#start(key, binaries), users: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept;
  }

  async #start(key: string, binaries: Binaries): Promise<ControlPlane> {
    try {
      const plane = await this.#parts.start(binaries, this.#closing.signal);
      void plane.exited.then((why) => {
        if (why === undefined) return;
        this.#kept.delete(key);
        this.#parts.died(why);
      });
      return plane;
    } catch (error) {
      this.#kept.delete(key);
      this.#binaries.clear(); // the programs may not be there any more
      throw error;
    }
  }

  async #stopIdle(): Promise<void> {
    const idle = [...this.#kept].filter(([, { users }]) => users === 0);
    for (const [key, kept] of idle.slice(0, Math.max(0, idle.length - mostIdle))) {
      this.#kept.delete(key);
      await stopped(kept);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('Lockkeeper stops'));
    await Promise.all([...this.#kept.values()].map(stopped));
    this.#kept.clear();
  }
}

/** One that is being started is waited for. */
const stopped = ({ running }: Kept): Promise<void> =>
  running.then(
    (plane) => plane.stop(),
    () => {}, // who asked for it was told
  );

/** The work goes on for those who still wait for it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
