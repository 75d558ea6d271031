import type { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';

interface Entry {
  readonly type: string;
  readonly executable: boolean;
  readonly content: Buffer | string;
}

/** Files and links of a tar, gzipped or not, without its one top-level folder. */
export async function readArchive(archive: Readable): Promise<Record<string, Entry>> {
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const tar = extract();
  tar.end(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
  const found: Record<string, Entry> = {};
  const tops = new Set<string>();
  for await (const entry of tar) {
    const { name, type, mode, linkname } = entry.header;
    const content: Buffer[] = [];
    for await (const chunk of entry) content.push(chunk as Buffer);
    tops.add(name.split('/')[0] ?? '');
    if (type === 'directory') continue;
    const executable = ((mode ?? 0) & 0o100) !== 0;
    found[name.slice(name.indexOf('/') + 1)] = {
      type: type ?? '',
      executable,
      content: type === 'symlink' ? (linkname ?? '') : Buffer.concat(content),
    };
  }
  expect(tops.size).toBe(1);
  return found;
}
