import { parseDuration } from '../../src/domain/time.ts';
import { parseWindow } from '../../src/domain/window.ts';
import { type EligibilityInput, eligible } from '../../src/updates/eligibility.ts';

const base: EligibilityInput = { now: new Date('2026-11-20T12:00:00Z'), windows: [], openCount: 0 };
const windows = [parseWindow('Mon-Thu 09:00-15:00 Europe/Stockholm'), parseWindow('Sat 23:00-01:00')];
const after = (since: string | undefined) => ({
  environment: 'staging',
  since: since === undefined ? undefined : new Date(since),
  soak: parseDuration('24h'),
  soakText: '24h',
});

const cases: readonly [string, EligibilityInput, string | undefined][] = [
  ['nothing asked', base, undefined],
  ['in the window', { ...base, windows, now: new Date('2026-11-23T08:00:00Z') }, undefined],
  [
    'out of it',
    { ...base, windows: windows.slice(0, 1) },
    'waits for the window Mon-Thu 09:00-15:00 Europe/Stockholm, opens 2026-11-23T08:00:00Z',
  ],
  ['out of both', { ...base, windows }, 'waits for the window Sat 23:00-01:00, opens 2026-11-21T23:00:00Z'],
  ['not there', { ...base, windows, after: after(undefined) }, 'not yet in staging'],
  [
    'not long enough',
    { ...base, after: after('2026-11-19T12:00:01.5Z') },
    'in staging since 2026-11-19T12:00:01Z, soak of 24h ends 2026-11-20T12:00:01Z',
  ],
  ['exactly long enough', { ...base, after: after('2026-11-19T12:00:00Z') }, undefined],
  ['one place left', { ...base, openCount: 9, maxOpen: 10 }, undefined],
  ['full', { ...base, openCount: 10, maxOpen: 10 }, 'waits for room: 10 merge requests are open in this environment, at most 10 may be'],
  ['none allowed', { ...base, maxOpen: 0 }, 'waits for room: 0 merge requests are open in this environment, at most 0 may be'],
];

test.each(cases)('%s', (_, input, reason) => {
  expect(eligible(input)).toBe(reason);
});
