import type { Attempt, ForgetfulForge, WantedHook } from '../../src/domain/webhook-forge.ts';
import { rememberPlaces } from '../../src/webhooks/places.ts';
import { lost, redeliverFailed } from '../../src/webhooks/redeliver.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** `7 a`: attempt 7 at delivery a failed; `+` it succeeded, `*` somebody asked for it. Newest first. */
const attemptsOf = (text: string): Attempt[] =>
  text
    .split(',')
    .filter((one) => one.trim() !== '')
    .map((one) => {
      const [id = '', delivery = '', marks = ''] = one.trim().split(' ');
      const at = new Date(Date.UTC(2026, 10, 21, 12, Number(id))).toISOString();
      return { id: Number(id), delivery, at, succeeded: marks.includes('+'), again: marks.includes('*') };
    });

test.each<[string, string, readonly number[]]>([
  ['nothing was delivered', '', []],
  ['all arrived', '2 b +, 1 a +', []],
  ['one failed', '3 c +, 2 b, 1 a +', [2]],
  ['it failed, and the same delivery succeeded later', '2 a +*, 1 a', []],
  ['it was asked for again already, and failed again', '2 a *, 1 a', []],
  ['the first attempt lies before what was looked at', '2 a *', []],
  ['the first of several attempts', '2 a, 1 a', [1]],
])('%s', (_, attempts, expected) => {
  expect(lost(attemptsOf(attempts))).toEqual(expected);
});

const wanted: WantedHook = { url: 'https://x.example.com', secret: 'x', events: [] };
const now = new Date('2026-11-21T13:00:00Z');

function forgeOf(attempts: Attempt[], asApp = true) {
  const asked: { since: string; path: string }[] = [];
  const again: number[] = [];
  const forge: ForgetfulForge = {
    name: 'github',
    asApp,
    hook: async () => ({ id: 1, differs: [], events: [] }),
    attempts: async ({ path }, _, since) => {
      asked.push({ since: since.toISOString(), path });
      return attempts.filter(({ at }) => Date.parse(at) > since.getTime());
    },
    redeliver: async (_place, _hook, attempt) => void again.push(attempt),
  };
  return { forge, asked, again };
}

test('each delivery is asked for once; the next look begins a minute before the newest that was seen', async () => {
  const store = new MemoryStore();
  const attempts = attemptsOf('5 c, 4 b +, 3 a');
  const { forge, asked, again } = forgeOf(attempts);
  const said: string[] = [];
  const ports = { store, now, info: (text: string) => void said.push(text) };
  await redeliverFailed(ports, forge, wanted);
  expect(again).toEqual([5, 3]);
  attempts.unshift(...attemptsOf('7 c *, 6 a +*'));
  await redeliverFailed(ports, forge, wanted);
  expect(again).toEqual([5, 3]);
  expect(asked.map(({ since }) => since)).toEqual(['2026-11-18T13:00:00.000Z', '2026-11-21T12:04:00.000Z']);
  expect(said).toEqual(['github: deliveries failed since 2026-11-18T13:00:00.000Z: 2 of 2 asked for again']);
});

test('a long failure is asked for in part', async () => {
  const attempts = Array.from({ length: 150 }, (_, id) => attemptsOf(`${150 - id} d${id}`)).flat();
  const { forge, again } = forgeOf(attempts);
  const said: string[] = [];
  await redeliverFailed({ store: new MemoryStore(), now, info: (text) => void said.push(text) }, forge, wanted);
  expect(again).toHaveLength(100);
  expect(said[0]).toContain('100 of 150');
});

test('with a token, where the command has set webhooks up', async () => {
  const store = new MemoryStore();
  await rememberPlaces(store, 'github', [
    { kind: 'group', path: 'acme' },
    { kind: 'repository', path: 'bob/x' },
  ]);
  const { forge, asked } = forgeOf([], false);
  await redeliverFailed({ store, now, info: () => {} }, forge, wanted);
  expect(asked.map(({ path }) => path)).toEqual(['acme', 'bob/x']);
});
