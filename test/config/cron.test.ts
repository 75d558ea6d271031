import { createTask } from 'node-cron';
import { cronMistake } from '../../src/config/cron.ts';

const runs = (expression: string): boolean => {
  try {
    void createTask(expression, () => undefined).destroy();
    return true;
  } catch {
    return false;
  }
};

test.each(['0 * * * *', '*/15 6-18 * * MON-FRI', '5,35 0-22/2 1 jan,JUL *', '0 0 29 feb *', '0 0 31 * *', '0 0 30,31 2,4 7'])(
  '%s is taken, and the schedule runs it',
  (expression) => {
    expect(cronMistake(expression)).toBeUndefined();
    expect(runs(expression)).toBe(true);
  },
);

test.each([
  ['61 * * * *', 'its field "minute" is not *, a range a-b, one of these with /step, or a number from 0 to 59'],
  ['5/10 * * * *', 'its field "minute" is not *, a range a-b, one of these with /step, or a number from 0 to 59'],
  ['0 0 * 1/2 *', 'its field "month" is not *, a range a-b, one of these with /step, or a number from 1 to 12'],
  ['0 18-6 * * *', 'its field "hour" is not *, a range a-b, one of these with /step, or a number from 0 to 23'],
  ['* * * * * *', 'it has 6 of the five fields (minute, hour, day of month, month, day of week)'],
  ['0 0 30 2 *', 'no month of its field "month" has a day of its field "day of month"'],
  ['0 0 31 feb,4 *', 'no month of its field "month" has a day of its field "day of month"'],
])('%s: %s', (expression, mistake) => {
  expect(cronMistake(expression)).toBe(mistake);
});
