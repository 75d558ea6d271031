import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../adapters/make-folder.ts';
import { UsageError } from '../domain/errors.ts';
import type { Ports } from './places.ts';

/** What a demo's folder says of itself. */
export interface Marker {
  readonly ports: Ports;
  /** False while it is being made. */
  readonly whole: boolean;
}

const markerName = 'lockkeeper-demo.json';
/** The marker while it is written: what dying at the very start leaves. */
const unfinished = `.${markerName}`;
/** Counts the demo's contents; a folder of another edition is not mixed with this one. */
const edition = 2;

/** undefined when the folder is missing or empty. Throws UsageError when it holds anything but a demo of this edition. */
export async function readMarker(directory: string): Promise<Marker | undefined> {
  const names: readonly string[] = await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw new UsageError(`${directory} cannot be read as a folder: give --dir another`, { cause });
  });
  if (names.every((name) => name === unfinished)) return undefined;
  const marker = names.includes(markerName) ? parse(await readFile(join(directory, markerName), 'utf8')) : undefined;
  if (marker !== undefined) return marker;
  const why = names.includes(markerName) ? 'a demo that another version of Lockkeeper made' : 'something else';
  throw new UsageError(`${directory} holds ${why}: give --dir an empty folder, or one that does not exist yet`);
}

/** All or nothing, so that dying here leaves the old one. */
export async function writeMarker(directory: string, marker: Marker): Promise<void> {
  makeFolder(directory);
  const temporary = join(directory, unfinished);
  await writeFile(temporary, `${JSON.stringify({ edition, ...marker }, null, 2)}\n`);
  await rename(temporary, join(directory, markerName));
}

function parse(text: string): Marker | undefined {
  try {
    const value = JSON.parse(text) as Marker & { readonly edition: number };
    const { pages, registry, bundles } = value.ports;
    const ports = [pages, registry, bundles].every((port) => Number.isInteger(port));
    return value.edition === edition && ports ? { ports: { pages, registry, bundles }, whole: value.whole === true } : undefined;
  } catch {
    return undefined;
  }
}
