import { parseDuration } from '../../src/domain/time.ts';
import { parseWindow } from '../../src/domain/window.ts';
import { waitsForEnvironment, waitsForRoom, waitsForWindow } from '../../src/updates/eligibility.ts';

const now = new Date('2026-11-20T12:00:00Z');
const windows = [parseWindow('Mon-Thu 09:00-15:00 Europe/Stockholm'), parseWindow('Sat 23:00-01:00')];

test.each([
  ['none asked for', [], now, undefined],
  ['in the window', windows, new Date('2026-11-23T08:00:00Z'), undefined],
  [
    'out of it',
    windows.slice(0, 1),
    now,
    'held until Monday 23 November 09:00 by its window Mon-Thu 09:00-15:00 Europe/Stockholm (app.yml:33)',
  ],
  ['out of both', windows, now, 'held until Saturday 21 November 23:00 by its window Sat 23:00-01:00 (app.yml:33)'],
])('windows: %s', (_, asked, at, reason) => {
  expect(waitsForWindow({ now: at, windows: asked, where: 'app.yml:33' })).toBe(reason);
});

const soak = parseDuration('24h');

test.each([
  ['not there', undefined, undefined, 'after staging: does not run there yet (app.yml:31)'],
  [
    'not long enough',
    '2026-11-19T12:00:01.5Z',
    undefined,
    'after staging: runs there since 2026-11-19T12:00:01Z, soak of 24h ends 2026-11-20T12:00:01Z (app.yml:31)',
  ],
  ['exactly long enough', '2026-11-19T12:00:00Z', undefined, undefined],
  ['there long enough, and newer ones since', undefined, soak, undefined],
  ['taken away too soon', undefined, soak - 1, 'after staging: left it before its soak of 24h was over (app.yml:31)'],
  ['back there', '2026-11-20T11:00:00Z', soak, undefined],
])('soak: %s', (_, since, ran, reason) => {
  const start = since === undefined ? undefined : new Date(since);
  expect(waitsForEnvironment({ now, environment: 'staging', since: start, ran, soak, soakText: '24h', where: 'app.yml:31' })).toBe(reason);
});

test.each([
  ['no limit', 99, undefined, undefined],
  ['one place left', 9, 10, undefined],
  ['full', 10, 10, 'waits for room: 10 are open in this environment, at most 10 may be'],
])('room: %s', (_, openCount, maxOpen, reason) => {
  expect(waitsForRoom({ openCount, maxOpen })).toBe(reason);
});
