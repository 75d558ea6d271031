import { OutsideError, RefusedError } from '../../src/domain/errors.ts';
import { RetryAt } from '../../src/domain/queue.ts';
import { outlasting } from '../../src/notifications/outage.ts';

const now = new Date('2026-11-20T12:00:00Z');
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
const noAnswer = new OutsideError('slack.com', 'posting in #deployments: no answer');

test.each([
  [0, 0.5, 10],
  [9, 0.5, 10],
  [60, 0.5, 60],
  [60, 0, 48],
  [60, 1, 72],
  [7200, 0.5, 120],
  [-60, 0.5, 10], // clocks differ
])('a message that has waited for %d s (%d) is tried again in %d s, and no attempt counts', (waited, random, seconds) => {
  const error = outlasting(noAnswer, { since: ago(waited), now, random });
  expect(error).toBeInstanceOf(RetryAt);
  expect([error, String(error)]).toMatchObject([
    { at: new Date(now.getTime() + seconds * 1000) },
    'RetryAt: posting in #deployments: no answer',
  ]);
});

test.each([
  ['what somebody has to put right', new RefusedError('slack.com', 'not_in_channel')],
  ['a defect', new TypeError('x is undefined')],
  ['what knows itself when', new RetryAt('rate limit', now)],
])('%s stays as it is', (_, error) => {
  expect(outlasting(error, { since: now, now, random: 0 })).toBe(error);
});
