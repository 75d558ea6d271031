import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reserveFiles } from '../../src/adapters/new-files.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();

test('files for our eyes alone; one that stays empty goes', async () => {
  const place = folder();
  const [key, secret] = [join(place, 'deep/key'), join(place, 'secret')];
  await (await reserveFiles([key, secret])).write(['text', '']);
  expect([readFileSync(key, 'utf8'), (statSync(key).mode & 0o777).toString(8), existsSync(secret)]).toEqual(['text', '600', false]);
});

test('nothing is written over what is there, and nothing is left behind', async () => {
  const place = folder();
  const [first, second] = [join(place, 'a'), join(place, 'b')];
  writeFileSync(second, 'mine');
  await expect(reserveFiles([first, second])).rejects.toThrow(UsageError);
  await expect(reserveFiles([first, second])).rejects.toThrow(`${second} is there already`);
  expect([readdirSync(place), readFileSync(second, 'utf8')]).toEqual([['b'], 'mine']);
});

test('what is not needed after all is taken away', async () => {
  const place = folder();
  await (await reserveFiles([join(place, 'a'), join(place, 'b')])).drop();
  expect(readdirSync(place)).toEqual([]);
});

test('a place that cannot be written to is refused before anything is lost', async () => {
  const place = folder();
  writeFileSync(join(place, 'file'), '');
  await expect(reserveFiles([join(place, 'file/key')])).rejects.toThrow(/file\/key cannot be made/);
});
