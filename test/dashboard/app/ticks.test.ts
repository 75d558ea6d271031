import { ticksIn } from '../../../src/dashboard/app/ticks.ts';

const until = new Date('2026-11-20T12:34:00Z');
const minutes = 60_000;
const days = 1440 * minutes;

const cases: readonly (readonly [name: string, long: number, texts: readonly string[]])[] = [
  ['ten minutes', 10 * minutes, ['12:24', '12:25', '12:26', '12:27', '12:28', '12:29', '12:30', '12:31', '12:32', '12:33', '12:34']],
  ['an hour', 60 * minutes, ['11:35', '11:40', '11:45', '11:50', '11:55', '12:00', '12:05', '12:10', '12:15', '12:20', '12:25', '12:30']],
  ['a day', days, ['15:00', '18:00', '21:00', '20 Nov', '03:00', '06:00', '09:00', '12:00']],
  ['a week', 7 * days, ['14 Nov', '15 Nov', '16 Nov', '17 Nov', '18 Nov', '19 Nov', '20 Nov']],
  ['a month: Mondays', 30 * days, ['26 Oct', '2 Nov', '9 Nov', '16 Nov']],
  [
    'a year: months, with the year at its first',
    365 * days,
    ['Dec', '2026', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov'],
  ],
  ['three years: quarters', 1095 * days, ['2024', 'Apr', 'Jul', 'Oct', '2025', 'Apr', 'Jul', 'Oct', '2026', 'Apr', 'Jul', 'Oct']],
  ['no time', 0, ['12:34']],
  ['a clock that went backwards', -days, []],
];

test.each(cases)('%s', (_, long, texts) => {
  expect(ticksIn({ from: new Date(until.getTime() - long), until }).map(({ text }) => text)).toEqual(texts);
});

test('a range of centuries has no ticks, and takes no time', () => {
  expect(ticksIn({ from: new Date('0001-01-01T00:00:00Z'), until })).toEqual([]);
});
