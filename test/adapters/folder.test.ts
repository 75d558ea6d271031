import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { existingFolder, type FolderItem, readFolder } from '../../src/adapters/folder.ts';
import { UsageError } from '../../src/domain/errors.ts';
import { temporaryFolder } from '../support/temporary.ts';

const folder = temporaryFolder();
const isYaml = (path: string): boolean => path.endsWith('.yaml');

function put(path: string, text: string): void {
  mkdirSync(join(folder(), path, '..'), { recursive: true });
  writeFileSync(join(folder(), path), text);
}

async function read(limits?: Parameters<typeof readFolder>[2]): Promise<string[]> {
  const items: FolderItem[] = [];
  for await (const item of readFolder(folder(), isYaml, limits)) items.push(item);
  return items.map((item) =>
    'bytes' in item
      ? `${item.path}=${Buffer.from(item.bytes).toString()}`
      : 'folder' in item
        ? `${item.folder}/`
        : `${item.file}: ${item.message}`,
  );
}

const small = { file: 10, total: 20, entries: 5 };

test('files at any depth, folders, and links that are not followed; never git’s own', async () => {
  put('b.yaml', 'b');
  put('a/deep/x.yaml', 'x');
  put('a/README.md', 'no');
  put('.git/config.yaml', 'no');
  put('empty/.gitkeep', '');
  symlinkSync('/etc', join(folder(), 'out'));
  symlinkSync('b.yaml', join(folder(), 'z.yaml'));
  const link = 'is a link, which is not followed: what it leads to is read where it lies';
  expect(await read()).toEqual(['a/', 'a/deep/', 'a/deep/x.yaml=x', 'b.yaml=b', 'empty/', `out: ${link}`, `z.yaml: ${link}`]);
});

test('what is too large, or cannot be read, is told and hides nothing else', async () => {
  put('a.yaml', 'x'.repeat(11));
  put('b.yaml', 'b');
  mkdirSync(join(folder(), 'c.yaml'));
  expect(await read(small)).toEqual(['a.yaml: has 11 bytes, more than the 10 that are read: split it', 'b.yaml=b', 'c.yaml/']);
});

test('a folder that is no environment is refused as a whole', async () => {
  for (let i = 0; i < 3; i += 1) put(`${i}.yaml`, 'x'.repeat(9));
  await expect(read(small)).rejects.toThrow(/holds more than 20 bytes of manifests: name the folder of one environment/);
  for (let i = 0; i < 9; i += 1) put(`${i}.txt`, '');
  await expect(read(small)).rejects.toThrow(UsageError);
});

test('there has to be a folder', () => {
  put('x.yaml', '');
  expect(() => existingFolder(join(folder(), 'none'))).toThrow(/none does not exist/);
  expect(() => existingFolder(join(folder(), 'x.yaml'))).toThrow(/is no folder/);
});
