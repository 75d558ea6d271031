import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answers, createDeliveries, type Deliveries } from './deliveries.ts';
import { createDice, type Dice } from './dice.ts';
import { createPerson, echo, isBots } from './people.ts';
import { createService, type Service } from './service.ts';
import { verdictOn } from './verdict.ts';
import { createSoakWorld, environments, pathOf, type SoakWorld } from './world.ts';

export interface SoakOptions {
  readonly folder: string;
  readonly seed: number;
  /** How long there are faults. */
  readonly seconds: number;
  readonly apps: number;
  /** Share of all requests that go wrong. */
  readonly faults: number;
  /** Between two images that are pushed, and between two acts of a person; milliseconds, about. */
  readonly pushEvery: number;
  readonly actEvery: number;
  /** Cron; the last thing that is waited for, where `settle` says so. */
  readonly schedule: string;
  /** How what was lost is found in the end: by the schedule, or by a hook for each environment. */
  readonly settle: 'schedule' | 'hooks';
}

export interface Sample {
  /** Since the start. */
  readonly seconds: number;
  readonly resident: number;
}

export interface SoakResult {
  /** What is not as it should be. */
  readonly problems: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  /** Bytes that are held on to after a collection: when the restarts were over, at each further fifth, and at the end. */
  readonly heaps: readonly number[];
  readonly answers: Answers;
}

/** The service under everything that may happen to it, with both restarts in the first fifth; then peace, and what has become of it all. */
export async function soak(options: SoakOptions, tell: (text: string) => void = () => {}): Promise<SoakResult> {
  const dice = createDice(options.seed);
  const world = await createSoakWorld({ ...options, dice });
  const service = createService(world.config, join(options.folder, 'service.log'), world.env);
  try {
    const starts = [await service.start()];
    const deliveries = createDeliveries(world, dice);
    const person = createPerson(world, deliveries, dice);
    for (const network of Object.values(world.networks)) network.disturb(options.faults);
    const measured = sampled(service);
    const begun = Date.now();
    const over = sleep(options.seconds * 1000);
    const busy = [
      repeat(over, options.pushEvery, dice, () => push(world, deliveries, dice)),
      repeat(over, options.actEvery, dice, () => person.act()),
      repeat(over, 1000, dice, () => echo(world, deliveries)),
    ];
    await sleep(options.seconds * 70);
    const stops = [await service.stop('SIGTERM')];
    starts.push(await service.start());
    await sleep(options.seconds * 70);
    await service.stop('SIGKILL');
    starts.push(await service.start());
    const heaps = [await service.heap()];
    for (let fifth = 2; fifth < 5; fifth += 1) {
      await sleep(Math.max(0, begun + options.seconds * fifth * 200 - Date.now()));
      heaps.push(await service.heap());
    }
    await Promise.all(busy);
    tell('the faults are over');
    for (const network of Object.values(world.networks)) network.disturb(0);
    const peace = Date.now();
    for (const app of world.apps) world.release(app); // and nobody tells
    await deliveries.done();
    await settled(world, service, options.settle, deliveries);
    const settling = (Date.now() - peace) / 1000;
    const samples = measured.end();
    heaps.push(await service.heap());
    stops.push(await service.stop('SIGTERM'));
    return {
      problems: await verdictOn(world),
      samples,
      heaps,
      answers: deliveries.answers,
      figures: {
        'images pushed': world.apps.reduce((sum, app) => sum + Number(world.newest(app).split('.')[1]), 0),
        'faults injected': Object.values(world.networks).reduce((sum, { injected }) => sum + total(injected), 0),
        ...Object.fromEntries(Object.entries(person.done).map(([act, times]) => [`a person's ${act}s`, times])),
        'merge requests': environments.flatMap((one) => world.gitlab.project(pathOf(one)).requests.filter(isBots)).length,
        'messages in Slack': environments.flatMap((one) => world.slack.messages(one)).length,
        'seconds until all was settled': settling,
        'start, ms': Math.max(...starts),
        'stop, ms': Math.max(...stops),
      },
    };
  } finally {
    await service.stop('SIGKILL').catch(() => undefined);
    await world.close();
  }
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, one) => sum + one, 0);

function push(world: SoakWorld, deliveries: Deliveries, dice: Dice): void {
  const { repository, tag } = world.release(dice.oneOf(world.apps) ?? '');
  deliveries.pushed(repository, tag);
}

/** Again and again until it is over, at odd times. */
async function repeat(over: Promise<unknown>, every: number, dice: Dice, act: () => unknown): Promise<void> {
  const ended = over.then(() => true);
  while ((await Promise.race([sleep(every * (0.5 + dice.roll())), ended])) !== true) await act();
}

function sampled(service: Service) {
  const [samples, begun]: [Sample[], number] = [[], Date.now()];
  const timer = setInterval(() => {
    const resident = service.memory();
    if (resident !== undefined) samples.push({ seconds: (Date.now() - begun) / 1000, resident });
  }, 1000);
  return {
    end: (): readonly Sample[] => {
      clearInterval(timer);
      return samples;
    },
  };
}

/** After the last thing that could go wrong: everything is looked at once, and what that leads to is done. */
async function settled(world: SoakWorld, service: Service, how: SoakOptions['settle'], deliveries: Deliveries): Promise<void> {
  const scans = (): number => service.log().filter(({ msg, trace }) => msg === 'scanned' && String(trace).startsWith('scan ')).length;
  if (how === 'hooks') for (const environment of environments) deliveries.changed(environment, 'push');
  else for (const before = scans(); scans() === before; ) await sleep(500);
  await deliveries.done();
  for (let calm = 0; calm < 3; ) {
    await sleep(500);
    const { waiting, running } = await jobs(world.url);
    if (echo(world, deliveries) > 0 || waiting + running > 0) calm = 0;
    else calm += 1;
    await deliveries.done();
  }
}

/** As the service's own metrics tell them. */
async function jobs(url: string): Promise<{ readonly waiting: number; readonly running: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const of = (state: string): number => Number(new RegExp(`^lockkeeper_queue_jobs\\{state="${state}"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  return { waiting: of('waiting'), running: of('running') };
}
