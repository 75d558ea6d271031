import { parseDuration } from '../../src/domain/time.ts';
import { parseWindow } from '../../src/domain/window.ts';
import { waitsForEnvironment, waitsForRoom, waitsForWindow } from '../../src/updates/eligibility.ts';

const now = new Date('2026-11-20T12:00:00Z');
const windows = [parseWindow('Mon-Thu 09:00-15:00 Europe/Stockholm'), parseWindow('Sat 23:00-01:00')];

test.each([
  ['none asked for', [], now, undefined],
  ['in the window', windows, new Date('2026-11-23T08:00:00Z'), undefined],
  ['out of it', windows.slice(0, 1), now, 'waits for the window Mon-Thu 09:00-15:00 Europe/Stockholm, opens 2026-11-23T08:00:00Z'],
  ['out of both', windows, now, 'waits for the window Sat 23:00-01:00, opens 2026-11-21T23:00:00Z'],
])('windows: %s', (_, asked, at, reason) => {
  expect(waitsForWindow({ now: at, windows: asked })).toBe(reason);
});

const soak = parseDuration('24h');

test.each([
  ['not there', undefined, undefined, 'not yet in staging'],
  ['not long enough', '2026-11-19T12:00:01.5Z', undefined, 'in staging since 2026-11-19T12:00:01Z, soak of 24h ends 2026-11-20T12:00:01Z'],
  ['exactly long enough', '2026-11-19T12:00:00Z', undefined, undefined],
  ['there long enough, and newer ones since', undefined, soak, undefined],
  ['taken away too soon', undefined, soak - 1, 'left staging before its soak of 24h was over'],
  ['back there', '2026-11-20T11:00:00Z', soak, undefined],
])('soak: %s', (_, since, ran, reason) => {
  const start = since === undefined ? undefined : new Date(since);
  expect(waitsForEnvironment({ now, environment: 'staging', since: start, ran, soak, soakText: '24h' })).toBe(reason);
});

test.each([
  ['no limit', 99, undefined, undefined],
  ['one place left', 9, 10, undefined],
  ['full', 10, 10, 'waits for room: 10 are open in this environment, at most 10 may be'],
])('room: %s', (_, openCount, maxOpen, reason) => {
  expect(waitsForRoom({ openCount, maxOpen })).toBe(reason);
});
