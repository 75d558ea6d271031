import { UsageError } from '../../src/domain/errors.ts';
import { instant } from '../../src/domain/time.ts';
import { isOpen, nextOpening, parseWindow } from '../../src/domain/window.ts';

describe('parseWindow', () => {
  test.each([
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', [1, 2, 3, 4], 540, 900, 'Europe/Stockholm'],
    ['Mon,Wed 00:00-24:00', [1, 3], 0, 1440, 'Etc/UTC'],
    ['Fri-Mon 09:00-15:00', [5, 6, 0, 1], 540, 900, 'Etc/UTC'],
    ['mon-wed,FRI 09:05-15:59 America/New_York', [1, 2, 3, 5], 545, 959, 'America/New_York'],
    ['22:00-02:00', [0, 1, 2, 3, 4, 5, 6], 1320, 120, 'Etc/UTC'],
    ['  Sat  22:00-02:00  Asia/Kathmandu ', [6], 1320, 120, 'Asia/Kathmandu'],
    ['Mon-Mon 01:00-02:00', [1], 60, 120, 'Etc/UTC'],
  ])('%s', (text, days, start, end, zone) => {
    expect(parseWindow(text)).toEqual({ text: text.trim(), days, start, end, zone });
  });

  test.each([
    '',
    'always',
    'Mon-Fri',
    'Mon-Fri Europe/Stockholm',
    'Mon-Fri 9-15',
    'Mon-Fri 9:00-15:00',
    '09:00-09:00',
    '25:00-26:00',
    '24:00-02:00',
    '09:60-10:00',
    '09:00-15:00 Europe/Gotham',
    '09:00-15:00 +01:00',
    '09:00-15:00 Europe/Stockholm Mon',
    'Mun-Fri 09:00-15:00',
    'Mon-Wed-Fri 09:00-15:00',
    'Mon, 09:00-15:00',
    ',Mon 09:00-15:00',
    'Mon Tue 09:00-15:00',
    'Mon-Fri 09:00-15:00-18:00',
  ])('"%s" is refused', (text) => {
    expect(() => parseWindow(text)).toThrow(UsageError);
  });

  test('the refusal names the part', () => {
    expect(() => parseWindow('Mon-Fry 09:00-15:00')).toThrow('"Mon-Fry" in the window "Mon-Fry 09:00-15:00" is no day; write one such as');
  });
});

describe('isOpen', () => {
  const rows: readonly [string, string, boolean][] = [
    // Friday 20 November 2026, winter time
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T08:00:00Z', true],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T07:59:59Z', false],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T13:59:59Z', true],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T14:00:00Z', false],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-20T09:00:00Z', false],
    // summer time: an hour earlier in UTC
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-07-16T07:00:00Z', true],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-07-16T13:00:00Z', false],
    // over midnight: the day is the one on which it begins
    ['Fri 22:00-02:00', '2026-11-20T23:00:00Z', true],
    ['Fri 22:00-02:00', '2026-11-21T01:59:00Z', true],
    ['Fri 22:00-02:00', '2026-11-20T01:00:00Z', false],
    ['Fri 22:00-02:00', '2026-11-21T02:00:00Z', false],
    ['Sat 22:00-02:00', '2026-11-22T01:00:00Z', true],
    ['Fri-Mon 10:00-11:00', '2026-11-22T10:30:00Z', true],
    ['Fri-Mon 10:00-11:00', '2026-11-24T10:30:00Z', false],
    // another day there than in UTC
    ['Sat 00:00-06:00 Pacific/Auckland', '2026-11-20T12:00:00Z', true],
    // on 29 March 2026 02:00 is 03:00 in Stockholm, on 25 October 03:00 is 02:00
    ['Sun 02:30-03:30 Europe/Stockholm', '2026-03-29T00:59:59Z', false],
    ['Sun 02:30-03:30 Europe/Stockholm', '2026-03-29T01:00:00Z', true],
    ['Sun 02:30-03:30 Europe/Stockholm', '2026-03-29T01:30:00Z', false],
    ['Sun 02:30-02:45 Europe/Stockholm', '2026-10-25T00:30:00Z', true],
    ['Sun 02:30-02:45 Europe/Stockholm', '2026-10-25T01:00:00Z', false],
    ['Sun 02:30-02:45 Europe/Stockholm', '2026-10-25T01:30:00Z', true],
  ];
  test.each(rows)('%s at %s: %s', (text, now, open) => {
    expect(isOpen([parseWindow(text)], new Date(now))).toBe(open);
  });

  test('one of several is enough, and none at all is always', () => {
    const windows = ['Mon 09:00-10:00', 'Fri 09:00-10:00'].map(parseWindow);
    expect(isOpen(windows, new Date('2026-11-20T09:30:00Z'))).toBe(true);
    expect(isOpen(windows, new Date('2026-11-19T09:30:00Z'))).toBe(false);
    expect(isOpen([], new Date('2026-11-19T09:30:00Z'))).toBe(true);
  });
});

describe('nextOpening', () => {
  const rows: readonly [string, string, string][] = [
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-20T12:00:00Z', '2026-11-23T08:00:00Z'],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T07:00:00Z', '2026-11-19T08:00:00Z'],
    ['Mon-Thu 09:00-15:00 Europe/Stockholm', '2026-11-19T09:30:15Z', '2026-11-19T09:30:15Z'],
    // across the change to winter time
    ['Mon 09:00-15:00 Europe/Stockholm', '2026-10-24T12:00:00Z', '2026-10-26T08:00:00Z'],
    ['Mon 09:00-15:00 America/New_York', '2026-03-07T12:00:00Z', '2026-03-09T13:00:00Z'],
    ['22:00-02:00', '2026-11-20T02:00:00Z', '2026-11-20T22:00:00Z'],
    ['Fri 09:00-10:00', '2026-11-20T10:00:00Z', '2026-11-27T09:00:00Z'],
    // put forward into it, skipped by it, and open twice in a night
    ['Sun 02:30-03:30 Europe/Stockholm', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z'],
    ['Sun 02:15-02:45 Europe/Stockholm', '2026-03-28T12:00:00Z', '2026-04-05T00:15:00Z'],
    ['Sun 02:15-02:45 Europe/Stockholm', '2026-10-25T00:50:00Z', '2026-10-25T01:15:00Z'],
    ['Sun 00:00-24:00 Asia/Kathmandu', '2026-11-20T12:00:00Z', '2026-11-21T18:15:00Z'],
    ['Sun 00:00-06:00 Africa/Cairo', '2026-04-20T12:00:00Z', '2026-04-25T21:00:00Z'],
  ];
  test.each(rows)('%s at %s: %s', (text, now, at) => {
    const opening = nextOpening([parseWindow(text)], new Date(now));
    expect(opening && instant(opening.at)).toBe(at);
  });

  test('agrees with looking at every minute', () => {
    const texts = ['Mon-Thu 09:00-15:00 Europe/Stockholm', 'Sun 02:30-03:15 Europe/Stockholm', 'Fri 22:00-02:00 America/New_York'];
    for (const text of texts) {
      const windows = [parseWindow(text)];
      for (const start of ['2026-03-26T11:59:00Z', '2026-10-22T05:00:00Z', '2026-11-20T03:01:00Z']) {
        let at = Date.parse(start);
        while (!isOpen(windows, new Date(at))) at += 60_000;
        expect(nextOpening(windows, new Date(start))?.at).toEqual(new Date(at));
      }
    }
  });

  test('the first of several; none of none', () => {
    const windows = ['Mon 09:00-10:00', 'Sun 09:00-10:00'].map(parseWindow);
    expect(nextOpening(windows, new Date('2026-11-20T12:00:00Z'))?.window.text).toBe('Sun 09:00-10:00');
    expect(nextOpening([], new Date('2026-11-20T12:00:00Z'))).toBeUndefined();
  });
});
