import { hourOf, shareUp, type Uptime, weekHours, withSample } from '../../src/domain/uptime.ts';

const at = (text: string): Date => new Date(`2026-11-${text}Z`);
const up = (text: string) => ({ at: at(text), latencyMs: 7 });
const down = (text: string) => ({ at: at(text), problem: 'no answer' });
const after = (...samples: readonly Parameters<typeof withSample>[1][]): Uptime | undefined =>
  samples.reduce<Uptime | undefined>(withSample, undefined);

test('what is known after some questions', () => {
  expect(after(up('20T10:58:00'), up('20T10:59:00'), down('20T11:00:00'), down('20T11:01:00'))).toEqual({
    up: false,
    since: '2026-11-20T11:00:00.000Z',
    at: '2026-11-20T11:01:00.000Z',
    problem: 'no answer',
    hours: [
      [hourOf(at('20T10:00:00')), 2, 2],
      [hourOf(at('20T11:00:00')), 2, 0],
    ],
  });
});

test('what was wrong is forgotten when it answers', () => {
  expect(after(down('20T11:00:00'), up('20T11:01:00'))).toEqual({
    up: true,
    since: '2026-11-20T11:01:00.000Z',
    at: '2026-11-20T11:01:00.000Z',
    latencyMs: 7,
    hours: [[hourOf(at('20T11:00:00')), 2, 1]],
  });
});

test('a week is kept, and no more', () => {
  const all = Array.from({ length: 400 }, (_, hour) => ({ at: new Date(at('01T00:30:00').getTime() + hour * 3_600_000), latencyMs: 1 }));
  expect(after(...all)?.hours).toHaveLength(weekHours);
});

test.each([
  [24, '20T11:59:00', 0.5],
  [24, '21T10:59:00', 0.5],
  [24, '21T11:00:00', undefined],
  [168, '21T11:00:00', 0.5],
])('of the last %i hours at %s the share that was answered is %s', (hours, now, expected) => {
  expect(shareUp(after(down('20T11:00:00'), up('20T11:01:00')) ?? { hours: [] }, hours, at(now))).toBe(expected);
});
