import type { Readable } from 'node:stream';
import { openPersistence } from '../../../src/adapters/store/open.ts';
import { EndedJobs, LiveEvents, storeStamp } from '../../../src/serve/dashboard/live.ts';
import { until } from '../../support/served.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const folder = temporaryFolder();
let stamp = 'a';
let looks = 0;
const open: LiveEvents[] = [];
function events(most = 200): LiveEvents {
  const made = new LiveEvents({
    stamp: async () => {
      looks += 1;
      if (stamp === 'broken') throw new Error('no store');
      return stamp;
    },
    pause: 5,
    most,
  });
  open.push(made);
  return made;
}
beforeEach(() => {
  [stamp, looks] = ['a', 0];
});
afterEach(() => Promise.all(open.splice(0).map((one) => one.stop())));

function heard(stream: Readable | undefined): () => string {
  let text = '';
  stream?.on('data', (piece: Buffer) => {
    text += piece.toString();
  });
  return () => text;
}

test('all who listen are told that something changed, by a number and nothing else, and one look at the store is enough for all', async () => {
  const live = events();
  const texts = [heard(live.listen()), heard(live.listen())];
  await until(() => texts[0]?.().includes('data: 1\n\n'));
  stamp = 'b';
  await until(() => texts.every((text) => text().includes('id: 2\ndata: 2\n\n')));
  const [before, own] = [looks, texts[0]?.().length];
  await until(() => looks > before + 30);
  expect(texts[0]?.().slice(own).replaceAll(': still here\n\n', '')).toBe('');
  expect(texts[0]?.()).toContain(': still here\n\n');
});

test('nobody looks while nobody listens', async () => {
  const live = events();
  const stream = live.listen();
  await until(() => looks > 0);
  stream?.destroy();
  await until(() => stream?.closed);
  const before = looks;
  const other = heard(live.listen());
  await until(() => other().includes('data: '));
  expect(looks - before).toBeLessThan(5);
});

test('a store that fails for a moment is no news', async () => {
  const live = events();
  const text = heard(live.listen());
  await until(() => text().includes('data: 1'));
  stamp = 'broken';
  const before = looks;
  await until(() => looks > before + 5);
  stamp = 'a';
  await until(() => looks > before + 10);
  expect(text()).not.toContain('data: 2');
});

test('who comes when enough listen is sent away, and has a place when one leaves', async () => {
  const live = events(1);
  const first = live.listen();
  expect(live.listen()).toBeUndefined();
  first?.destroy();
  await until(() => live.listen());
});

test('the end of the service is the end of what is sent', async () => {
  const live = events();
  const stream = live.listen();
  stream?.resume();
  await live.stop();
  await until(() => stream?.readableEnded);
  expect(live.listen()).toBeUndefined();
});

test('the stamp is another one for jobs that pages show, and the same for looks at grants', async () => {
  const persistence = await openPersistence(`file:${folder()}`, () => {});
  try {
    const seen = (): Promise<string> => storeStamp(persistence, 0);
    const nothing = await seen();
    await persistence.queue().add([{ data: { kind: 'access', repository: 'local:staging' }, key: 'local:staging', trace: 'tick' }]);
    expect(await seen()).toBe(nothing);
    await persistence.queue().add([{ data: { kind: 'scan' }, key: '', trace: 'cron' }]);
    expect(await seen()).not.toBe(nothing);
  } finally {
    await persistence.close();
  }
});

test('of the jobs that ended, looks at grants do not count', () => {
  const ended = new EndedJobs();
  ended.add({ data: { kind: 'access', repository: 'local:staging' } });
  ended.add({ data: { kind: 'scan' } });
  expect(ended.count).toBe(1);
});
