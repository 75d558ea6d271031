import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../src/adapters/make-folder.ts';
import { openPersistence } from '../../src/adapters/store/open.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { call } from '../support/terminal.ts';

const folder = temporaryFolder();

test('all that is missing is made, with its mode, and what is there is left as it is', () => {
  const base = folder();
  makeFolder(join(base, 'a/b/c'), 0o700);
  makeFolder(join(base, 'a/b/c'));
  expect([join(base, 'a'), join(base, 'a/b/c')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700]);
});

test('a link to a folder is one; a file, or a link to nothing, is none', () => {
  const base = folder();
  mkdirSync(join(base, 'real'));
  symlinkSync(join(base, 'real'), join(base, 'link'));
  makeFolder(join(base, 'link'));
  makeFolder(join(base, 'link/below'));
  expect(existsSync(join(base, 'real/below'))).toBe(true);
  symlinkSync(join(base, 'nowhere'), join(base, 'lost'));
  writeFileSync(join(base, 'file'), '');
  expect(() => makeFolder(join(base, 'file'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  expect(() => makeFolder(join(base, 'file/below'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  expect(() => makeFolder(join(base, 'lost'))).toThrow(expect.objectContaining({ code: 'EEXIST' }));
});

// /proc answers ENOENT to a new folder, at which Node's own `recursive` begins again, for ever.
(existsSync('/proc/self') ? describe : describe.skip)('where a file system takes no folder', () => {
  test('it is an error, at once', () => {
    expect(() => makeFolder('/proc/lockkeeper/below')).toThrow(expect.objectContaining({ code: 'ENOENT', path: '/proc/lockkeeper' }));
  });

  test('init and the store say so', async () => {
    expect(await call(['init', '/proc/lockkeeper'])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('/proc/lockkeeper cannot be written'),
    });
    await expect(openPersistence('file:/proc/lockkeeper', () => {})).rejects.toThrow('name another folder in store.url');
  });
});
