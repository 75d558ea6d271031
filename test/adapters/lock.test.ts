import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../../src/adapters/lock.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { ended, startProgram } from '../support/program.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const file = () => join(folder(), 'lock');
const counter = () => join(folder(), 'counter');
const module = JSON.stringify(join(import.meta.dirname, '../../src/adapters/lock.ts'));
const another = (body: string) =>
  startProgram(`import { withLock } from ${module}; import { readFileSync, writeFileSync } from 'node:fs';
    import { setImmediate as turn } from 'node:timers/promises';
    const lock = ${JSON.stringify(file())}, counter = ${JSON.stringify(counter())}; ${body}`);

test('one at a time in one process, in the order of asking', async () => {
  const order: string[] = [];
  const work = (name: string) =>
    withLock(file(), async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
      return name;
    });
  expect(await Promise.all(['a', 'b', 'c'].map(work))).toEqual(['a', 'b', 'c']);
  expect(order).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
});

test('two locks do not wait for each other', async () => {
  await withLock(file(), () => withLock(join(folder(), 'other'), async () => {}));
});

test('work that fails gives the lock back, and its own error', async () => {
  const failing = withLock(file(), async () => {
    throw new RangeError('mine');
  });
  const next = withLock(file(), async () => 'next');
  await expect(failing).rejects.toThrow(RangeError);
  expect(await next).toBe('next');
});

test('one at a time over processes: no step is lost', async () => {
  writeFileSync(counter(), '0');
  const body = `for (let i = 0; i < 30; i += 1) await withLock(lock, async () => {
    const seen = Number(readFileSync(counter, 'utf8')); await turn(); await turn(); writeFileSync(counter, String(seen + 1)); });`;
  const children = [another(body), another(body), another(body)].map(ended);
  expect((await Promise.all(children)).map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(readFileSync(counter(), 'utf8')).toBe('90');
});

test('a killed process leaves no lock behind', async () => {
  const child = another(
    `await withLock(lock, async () => { console.log('have it'); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`,
  );
  const end = ended(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  let free = false;
  const mine = withLock(file(), async () => {
    free = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(free).toBe(false);
  child.kill('SIGKILL');
  await mine;
  expect(free).toBe(true);
  await end;
});

test.each([
  ['is in no folder', () => join(folder(), 'missing/lock'), () => {}],
  ['is a text', file, () => writeFileSync(file(), 'a text that somebody put here, long enough to be looked at as a database\n'.repeat(20))],
])('a lock file that %s is named', async (_, path, prepare) => {
  prepare();
  const taking = withLock(path(), async () => {});
  await expect(taking).rejects.toThrow(OutsideError);
  await expect(withLock(path(), async () => {})).rejects.toThrow(`${path()}: taking this lock`);
});
