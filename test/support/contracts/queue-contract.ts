import type { Pace } from '../../../src/adapters/store/worker.ts';
import { type Job, type JobState, type NewJob, type Queue, RetryAt, type Worker } from '../../../src/domain/queue.ts';

export interface QueueFixture {
  /** Two queues on one empty store, as two processes would have it. */
  readonly queues: readonly [Queue, Queue];
  /** Makes so many milliseconds pass for what is kept. */
  readonly pass: (ms: number) => Promise<void>;
}

/** For tests: what waits for others is looked at often, and a pause is exactly as long as the contract says. */
export const testPace: Pace = { poll: 20, renew: 50, lease: 6000, backoff: (attempts) => 10_000 * 3 ** (attempts - 1), grace: 100 };

export const scanOf = (key: string, more: Partial<NewJob> = {}): NewJob => ({
  data: { kind: 'scan-environment', repository: key },
  key,
  trace: `trace ${key}`,
  ...more,
});

/** What every queue promises. `create` gives a new one each time. */
export function queueContract(name: string, create: () => Promise<QueueFixture>): void {
  describe(`${name} keeps the queue's contract`, () => {
    let fixture: QueueFixture;
    let queue: Queue;
    let other: Queue;
    let workers: Worker[] = [];
    beforeEach(async () => {
      fixture = await create();
      [queue, other] = fixture.queues;
    });
    afterEach(async () => {
      for (const worker of workers) await worker.stop(0);
      workers = [];
    });

    const work = async (handle: (job: Job, signal: AbortSignal) => Promise<void>, { on = queue, atOnce = 5, attempts = 3 } = {}) => {
      const worker = await on.work(handle, { atOnce, attempts });
      workers.push(worker);
      return worker;
    };
    /** Works everything that is due, and resolves when nothing waits or runs any more. */
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const states = async (): Promise<readonly (readonly [string, JobState, number])[]> =>
      (await queue.list()).map(({ key, state, attempts }) => [key, state, attempts] as const);
    const settles = (...expected: (readonly [string, JobState, number])[]) =>
      until(async () => JSON.stringify(await states()) === JSON.stringify(expected));

    test('what was added is listed, oldest first, and comes to the handler as it was', async () => {
      const notify: NewJob = {
        data: { kind: 'notify', thread: 'å\u0000"\\ \ud800 🚢' },
        key: 'k\u0000 \ud800',
        trace: 't',
      };
      await queue.add([scanOf('a')]);
      await other.add([notify]);
      const listed = await queue.list();
      expect(listed).toMatchObject([
        { ...scanOf('a'), state: 'waiting', attempts: 0 },
        { ...notify, state: 'waiting', attempts: 0 },
      ]);
      expect(Date.parse(listed[0]?.addedAt ?? '')).not.toBeNaN();
      expect(new Set(listed.map(({ id }) => id)).size).toBe(2);
      const seen: Job[] = [];
      await work(async (job) => void seen.push(job));
      await settles();
      expect(seen.map(({ data, key, trace, state, attempts }) => ({ data, key, trace, state, attempts }))).toEqual([
        { ...scanOf('a'), state: 'running', attempts: 1 },
        { ...notify, state: 'running', attempts: 1 },
      ]);
    });

    test('of several waiting with the same kind and key one is kept, the first; another kind is another', async () => {
      await queue.add([scanOf('a'), scanOf('a', { trace: 'later' }), scanOf('b')]);
      await other.add([scanOf('a', { trace: 'latest' }), { data: { kind: 'refresh-source', repository: 'a' }, key: 'a', trace: 't' }]);
      expect((await queue.list()).map(({ data, trace }) => [data.kind, trace])).toEqual([
        ['scan-environment', 'trace a'],
        ['scan-environment', 'trace b'],
        ['refresh-source', 't'],
      ]);
    });

    test('a delivery twice adds nothing, from either side; without one, jobs are added', async () => {
      const delivery = { sender: 'gitlab/gl', id: 'å\u0000 1' };
      expect(await queue.add([scanOf('a')], delivery)).toBe('added');
      await work(async () => {});
      await settles();
      expect(await other.add([scanOf('a'), scanOf('b')], delivery)).toBe('repeated');
      expect(await queue.list()).toEqual([]);
      expect(await other.add([], { ...delivery, sender: 'github/gl' })).toBe('added');
    });

    test('the same delivery by two at the same time: added once', async () => {
      const adds = Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? queue : other).add([scanOf(`${index}`)], { sender: 's', id: 'once' }),
      );
      expect((await Promise.all(adds)).filter((answer) => answer === 'added')).toHaveLength(1);
      expect(await queue.list()).toHaveLength(1);
    });

    test('a delivery is forgotten after 30 days', async () => {
      await queue.add([], { sender: 's', id: 'old' });
      await fixture.pass(29 * 24 * 3_600_000);
      expect(await queue.add([], { sender: 's', id: 'old' })).toBe('repeated');
      await fixture.pass(2 * 24 * 3_600_000);
      await queue.add([], { sender: 's', id: 'another' });
      expect(await queue.add([], { sender: 's', id: 'old' })).toBe('added');
    });

    test('not before its time; earlier when somebody asks for it earlier', async () => {
      const later = (ms: number) => new Date(Date.now() + ms).toISOString();
      await queue.add([scanOf('a', { notBefore: later(60_000) }), scanOf('b', { notBefore: later(60_000) })]);
      const seen: string[] = [];
      await work(async ({ key }) => void seen.push(key));
      await queue.add([scanOf('c')]);
      await settles(['a', 'waiting', 0], ['b', 'waiting', 0]);
      await queue.add([scanOf('b')]);
      await settles(['a', 'waiting', 0]);
      await fixture.pass(61_000);
      await settles();
      expect(seen).toEqual(['c', 'b', 'a']);
    });

    test('what people are told waits for what is to be done, also after a failure', async () => {
      const notify = (thread: string): NewJob => ({ data: { kind: 'notify', thread }, key: thread, trace: 't' });
      await queue.add([notify('first')]);
      await queue.add([notify('second')]);
      await queue.add([scanOf('a')]);
      const seen: string[] = [];
      const handle = async ({ key, attempts }: Job): Promise<void> => {
        seen.push(key);
        if (key === 'first' && attempts === 1) throw new Error('not now');
      };
      const worker = await work(handle, { atOnce: 1 });
      await settles(['first', 'waiting', 1]);
      await worker.stop(0);
      await fixture.pass(20_000);
      await queue.add([scanOf('b')]);
      await work(handle, { atOnce: 1 });
      await settles();
      expect(seen).toEqual(['a', 'first', 'second', 'b', 'first']);
    });

    test('messages take at most half of the places, so that what is to be done never waits for a chat', async () => {
      const end = Promise.withResolvers<void>();
      const seen: string[] = [];
      await work(
        async ({ data, key }) => {
          seen.push(key);
          if (data.kind === 'notify') await end.promise;
        },
        { atOnce: 4 },
      );
      const notify = (thread: string): NewJob => ({ data: { kind: 'notify', thread }, key: thread, trace: 't' });
      await queue.add(['m1', 'm2', 'm3', 'm4', 'm5'].map(notify));
      await until(async () => seen.length === 2);
      await queue.add(['a', 'b', 'c'].map((key) => scanOf(key)));
      await until(async () => ['a', 'b', 'c'].every((key) => seen.includes(key)));
      expect([...seen].sort()).toEqual(['a', 'b', 'c', 'm1', 'm2']);
      end.resolve();
      await settles();
      expect([...seen].sort()).toEqual(['a', 'b', 'c', 'm1', 'm2', 'm3', 'm4', 'm5']);
    });

    test('what access depends on waits for no scan: it goes first, and has a place of its own', async () => {
      const access = (key: string): NewJob => ({ data: { kind: 'access', repository: key }, key, trace: 't' });
      await queue.add(['a', 'b', 'c', 'd'].map((key) => scanOf(key)));
      const end = Promise.withResolvers<void>();
      const seen: string[] = [];
      const running = new Set<string>();
      await work(
        async ({ data, key }) => {
          seen.push(`${data.kind} ${key}`);
          running.add(`${data.kind} ${key}`);
          if (data.kind !== 'access' || key.startsWith('held')) await end.promise;
          running.delete(`${data.kind} ${key}`);
        },
        { atOnce: 2 },
      );
      await until(async () => seen.length === 2);
      await queue.add([scanOf('e')]);
      await other.add([access('a'), access('b')]);
      await until(async () => seen.length === 4);
      expect(seen.slice(2).toSorted()).toEqual(['access a', 'access b']);
      await other.add([access('held 1'), access('held 2'), access('held 3')]);
      await until(async () => seen.length === 5);
      expect([...running].map((one) => one.split(' ')[0])).toEqual(['scan-environment', 'scan-environment', 'access']);
      end.resolve();
      await settles();
      expect(seen).toHaveLength(10);
    });

    test('what access depends on leaves half of the places to the others', async () => {
      const end = Promise.withResolvers<void>();
      const seen: string[] = [];
      await queue.add(['1', '2', '3', '4'].map((key) => ({ data: { kind: 'access', repository: key }, key, trace: 't' })));
      await work(
        async ({ data, key }) => {
          seen.push(key);
          if (data.kind === 'access') await end.promise;
        },
        { atOnce: 2 },
      );
      await until(async () => seen.length === 2);
      await queue.add([scanOf('a'), scanOf('b')]);
      await until(async () => seen.length === 4);
      expect(seen.slice(2).toSorted()).toEqual(['a', 'b']);
      end.resolve();
      await settles();
    });

    test('what fails again and again is parked once, with its last problem', async () => {
      let count = 0;
      await work(
        async () => {
          count += 1;
          throw new Error(`failed for the ${count}. time`);
        },
        { attempts: 1 },
      );
      for (let time = 1; time <= 3; time += 1) {
        await queue.add([scanOf('a')]);
        await until(async () =>
          (await queue.list()).some(({ state, problem }) => state === 'parked' && problem === `failed for the ${time}. time`),
        );
      }
      expect(await states()).toEqual([['a', 'parked', 1]]);
    });

    test('at most so many at once, and never two of the same kind and key, in all workers together', async () => {
      const running: string[] = [];
      const seen: string[] = [];
      let most = 0;
      const handle = async ({ key }: Job): Promise<void> => {
        expect(running).not.toContain(key);
        running.push(key);
        most = Math.max(most, running.length);
        if (seen.length < 8) await queue.add([scanOf(key)]); // while it runs: it waits for this one
        await new Promise(setImmediate);
        running.splice(running.indexOf(key), 1);
        seen.push(key);
      };
      await queue.add(['a', 'b', 'c', 'd', 'e', 'f'].map((key) => scanOf(key)));
      await work(handle, { atOnce: 2 });
      await work(handle, { on: other, atOnce: 2 });
      await settles();
      expect(most).toBeLessThanOrEqual(4);
      expect(new Set(seen)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
      expect(seen.length).toBeGreaterThan(6);
    });

    test('one whose key is running holds up no other', async () => {
      const begun = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const seen: string[] = [];
      await work(async ({ key }) => {
        seen.push(key);
        begun.resolve();
        if (seen.length === 1) await end.promise;
      });
      await queue.add([scanOf('a')]);
      await begun.promise;
      await queue.add([scanOf('a')]);
      await queue.add([scanOf('b')]);
      await settles(['a', 'running', 1], ['a', 'waiting', 0]);
      expect(seen).toEqual(['a', 'b']);
      end.resolve();
      await settles();
      expect(seen).toEqual(['a', 'b', 'a']);
    });

    test('a failing job is tried again after 10 s and 30 s, then parked with what went wrong', async () => {
      await queue.add([scanOf('a')]);
      await work(async () => {
        throw new Error('the forge said\u0000 no', { cause: new Error('503') });
      });
      await settles(['a', 'waiting', 1]);
      await fixture.pass(9000);
      await queue.add([scanOf('marker')]); // is tried at once, and the other not
      await settles(['a', 'waiting', 1], ['marker', 'waiting', 1]);
      await fixture.pass(1100);
      await settles(['a', 'waiting', 2], ['marker', 'waiting', 1]);
      await fixture.pass(30_100);
      await settles(['a', 'parked', 3], ['marker', 'waiting', 2]);
      expect((await queue.list(['parked']))[0]).toMatchObject({ problem: expect.stringMatching(/the forge said.* no: 503/) });
      expect(await queue.stats()).toMatchObject({ counts: { waiting: 1, running: 0, parked: 1 } });
    });

    test('a parked one goes when a later one of its kind and key is done, and no other', async () => {
      let broken = true;
      await work(
        async ({ data }) => {
          if (broken || data.kind === 'refresh-source') throw new Error('no');
        },
        { attempts: 1 },
      );
      await queue.add([scanOf('a'), scanOf('b'), { data: { kind: 'refresh-source', repository: 'a' }, key: 'a', trace: 't' }]);
      await settles(['a', 'parked', 1], ['b', 'parked', 1], ['a', 'parked', 1]);
      broken = false;
      await other.add([scanOf('a')]);
      await settles(['b', 'parked', 1], ['a', 'parked', 1]);
    });

    test('a parked one lets others of its key pass, and waits again with all its attempts when told to', async () => {
      let broken = true;
      await work(
        async () => {
          if (broken) throw new Error('no');
        },
        { attempts: 1 },
      );
      await queue.add([scanOf('a')]);
      await settles(['a', 'parked', 1]);
      const [parked] = await queue.list();
      expect(await queue.retry('00000000-0000-4000-8000-000000000000')).toBe(false);
      expect(await queue.retry('no such job')).toBe(false);
      await queue.add([scanOf('a')]);
      await until(async () => {
        const [one, ...others] = await queue.list();
        return one !== undefined && one.id !== parked?.id && one.state === 'parked' && others.length === 0;
      });
      broken = false;
      const [again] = await queue.list();
      expect(await other.retry(again?.id ?? '')).toBe(true);
      await settles();
      expect(await queue.retry(again?.id ?? '')).toBe(false);
    });

    test('what is asked for while a job fails is done by its next attempt', async () => {
      await work(async () => {
        await queue.add([scanOf('a', { trace: 'meanwhile' })]);
        throw new Error('no');
      });
      await queue.add([scanOf('a')]);
      await settles(['a', 'waiting', 1]);
      expect(await queue.add([scanOf('a')])).toBe('added');
      expect(await states()).toEqual([['a', 'waiting', 1]]);
    });

    test('a handler that knows when: the attempt does not count', async () => {
      const at = new Date(Date.now() + 3_600_000);
      let limited = true;
      await work(
        async () => {
          if (limited) throw new RetryAt('rate limit', at);
        },
        { attempts: 1 },
      );
      await queue.add([scanOf('a')]);
      await until(async () => (await queue.list(['waiting']))[0]?.problem === 'rate limit');
      expect(await states()).toEqual([['a', 'waiting', 0]]);
      limited = false;
      await fixture.pass(3_601_000);
      await settles();
    });

    test('stop waits for what runs', async () => {
      const begun = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const worker = await work(async () => {
        begun.resolve();
        await end.promise;
      });
      await queue.add([scanOf('a')]);
      await begun.promise;
      const stopped = worker.stop(60_000);
      await queue.add([scanOf('b')]);
      end.resolve();
      await stopped;
      expect(await states()).toEqual([['b', 'waiting', 0]]);
    });

    test.each(['heeds', 'ignores'])(
      'stop without patience: who %s the signal, the job waits again with its attempt given back',
      async (how) => {
        const begun = Promise.withResolvers<void>();
        const never = Promise.withResolvers<void>();
        let reason: unknown;
        const worker = await work(async (_, signal) => {
          begun.resolve();
          const aborted = new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              reason = signal.reason;
              reject(signal.reason);
            }),
          );
          await (how === 'heeds' ? aborted : Promise.race([never.promise, aborted.catch(() => never.promise)]));
        });
        await queue.add([scanOf('a')]);
        await begun.promise;
        await worker.stop(0);
        expect(String(reason)).toContain('Lockkeeper stops');
        expect(await states()).toEqual([['a', 'waiting', 0]]);
        const seen: number[] = [];
        await work(async ({ attempts }) => void seen.push(attempts), { on: other });
        await settles();
        expect(seen).toEqual([1]);
      },
    );

    test('how long the oldest that could be worked on has been due', async () => {
      expect(await queue.stats()).toEqual({ counts: { waiting: 0, running: 0, parked: 0 }, oldest: 0 });
      await queue.add([scanOf('a'), scanOf('b', { notBefore: new Date(Date.now() + 3_600_000).toISOString() })]);
      await fixture.pass(60_000);
      const { counts, oldest } = await queue.stats();
      expect(counts).toEqual({ waiting: 2, running: 0, parked: 0 });
      expect(Math.floor(oldest / 10)).toBe(6);
    });
  });
}
