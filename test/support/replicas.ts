import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { openPersistence } from '../../src/adapters/store/open.ts';
import type { Queue } from '../../src/domain/queue.ts';
import { scanOf } from './contracts/queue-contract.ts';
import { ended, startProgram } from './program.ts';

const deliveries = 1000;
/** Every so-manieth delivery comes twice. */
const repeats = 10;
/** After so many jobs the victim gets stuck in all that it begins: some before their effect, some after it. */
const beforeStuck = 40;
const atOnce = 6;

export interface Aftermath {
  /** What `add` answered, by answer. */
  readonly answers: Readonly<Record<string, number>>;
  /** Jobs whose effect is there. */
  readonly effects: number;
  /** Effects that were brought about a second time. */
  readonly again: readonly string[];
  /** Jobs that were begun twice, and those that the victim had begun when it was killed. */
  readonly begunTwice: readonly string[];
  readonly victims: readonly string[];
  readonly begunOftener: readonly string[];
  /** Jobs still in the queue. */
  readonly left: number;
  /** Of the survivors, after SIGTERM. */
  readonly exits: readonly (number | null)[];
}

/** Work at one store by `survivors` processes and a victim, which is killed by SIGKILL in the middle of it. */
export async function workedByReplicas(url: string, folder: string, survivors: number): Promise<Aftermath> {
  const effects = join(folder, 'effects');
  mkdirSync(effects);
  const replica = (stuckAfter: number) => startProgram(program(url, folder, stuckAfter));
  const persistence = await openPersistence(url, (text) => process.stderr.write(`${text}\n`));
  const queue = persistence.queue();
  const victim = replica(beforeStuck);
  const others = Array.from({ length: survivors }, () => replica(Number.POSITIVE_INFINITY));
  const ends = others.map(ended);
  const victimsEnd = ended(victim);
  try {
    const stuck = new Promise((resolve) => victim.stdout?.once('data', resolve));
    const answers = await deliver(queue);
    await stuck;
    victim.kill('SIGKILL');
    await emptied(queue);
    for (const child of others) child.kill('SIGTERM');
    const exits = (await Promise.all(ends)).map(({ code }) => code);
    return { answers, exits, left: (await queue.list()).length, ...read(folder, effects) };
  } finally {
    for (const child of [victim, ...others]) child.kill('SIGKILL');
    await Promise.all([victimsEnd, ...ends]);
    await persistence.close();
  }
}

/** Ten at a time, the repeated ones at the same time as the first. */
async function deliver(queue: Queue): Promise<Record<string, number>> {
  const limit = pLimit(10);
  const numbers = Array.from({ length: deliveries }, (_, index) => index).flatMap((index) =>
    index % repeats === 0 ? [index, index] : [index],
  );
  const answers = await Promise.all(
    numbers.map((index) => limit(() => queue.add([scanOf(`job-${index}`)], { sender: 'gitlab/gl', id: String(index) }))),
  );
  return Object.fromEntries([...Map.groupBy(answers, (answer) => answer)].map(([answer, all]) => [answer, all.length]));
}

async function emptied(queue: Queue): Promise<void> {
  for (;;) {
    const { counts } = await queue.stats();
    if (counts.waiting + counts.running === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function read(folder: string, effects: string): Omit<Aftermath, 'answers' | 'left' | 'exits'> {
  const lines = (name: string): string[] => readFileSync(join(folder, name), { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);
  const begun = Map.groupBy(lines('begun'), (key) => key);
  const times = (count: (length: number) => boolean): string[] =>
    [...begun].flatMap(([key, all]) => (count(all.length) ? [key] : [])).sort();
  return {
    effects: readdirSync(effects).length,
    again: lines('again').sort(),
    begunTwice: times((length) => length === 2),
    begunOftener: times((length) => length > 2),
    victims: lines('stuck').sort(),
  };
}

/** The effect is a file, made if it is not there. */
const program = (url: string, folder: string, stuckAfter: number): string => `
  import { appendFileSync, writeFileSync } from 'node:fs';
  import { openPersistence } from ${JSON.stringify(join(import.meta.dirname, '../../src/adapters/store/open.ts'))};
  const folder = ${JSON.stringify(folder)};
  const note = (name, key) => appendFileSync(folder + '/' + name, key + '\\n');
  const persistence = await openPersistence(${JSON.stringify(url)}, console.error);
  let begun = 0, stuck = 0;
  const effect = (key) => {
    try { writeFileSync(folder + '/effects/' + key, '', { flag: 'wx' }); } catch { note('again', key); }
  };
  const worker = await persistence.queue().work(async ({ key }) => {
    note('begun', key);
    begun += 1;
    if (begun > ${stuckAfter === Number.POSITIVE_INFINITY ? 'Infinity' : stuckAfter}) {
      stuck += 1;
      if (stuck % 2 === 0) effect(key);
      note('stuck', key);
      if (stuck === ${atOnce}) process.stdout.write('stuck');
      await new Promise(() => {});
    }
    await new Promise(setImmediate);
    effect(key);
  }, { atOnce: ${atOnce}, attempts: 3 });
  process.once('SIGTERM', async () => { await worker.stop(1000); await persistence.close(); process.exit(0); });
`;

/** What must have happened, whatever the store. */
export function expectEachOnce(aftermath: Aftermath): void {
  const { answers, effects, again, begunTwice, begunOftener, victims, left, exits } = aftermath;
  expect(new Set(exits)).toEqual(new Set([0]));
  expect(answers).toEqual({ added: deliveries, repeated: deliveries / repeats });
  expect({ effects, left, begunOftener }).toEqual({ effects: deliveries, left: 0, begunOftener: [] });
  expect(victims).toHaveLength(atOnce);
  expect(begunTwice).toEqual(victims); // nobody else's
  expect(again).toHaveLength(atOnce / 2); // those that had their effect, and nobody had heard of it
}
