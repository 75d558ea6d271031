import { UsageError } from '../../src/domain/errors.ts';
import { durationText, instant, parseDuration } from '../../src/domain/time.ts';

const hour = 3_600_000;

test.each([
  ['90m', 1.5 * hour],
  ['24h', 24 * hour],
  ['3d', 72 * hour],
  ['1w', 168 * hour],
  ['1d12h', 36 * hour],
  ['1w1d1h1m1s', 193 * hour + 61_000],
  ['0h', 0],
])('%s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '24', 'h', '12h1d', '1h1h', '-1h', '1.5h', ' 1h', '1 d', '1y', '99999999h'])('"%s" is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(UsageError);
  expect(() => parseDuration(text)).toThrow(`"${text}" is no duration`);
});

test('an instant has no fraction of a second', () => {
  expect(instant(new Date('2026-11-23T09:00:00.987+01:00'))).toBe('2026-11-23T08:00:00Z');
});

test.each([
  [90 * 60_000, '1h30m'],
  [24 * hour, '1d'],
  [193 * hour + 61_400, '1w1d1h1m1s'],
  [499, '0s'],
  [-5, '0s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
  expect(parseDuration(text)).toBe(Math.max(0, Math.round(milliseconds / 1000) * 1000));
});
