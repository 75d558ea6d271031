import type { Readable } from 'node:stream';
import { type ManifestObject, objectsIn, type SourceNote, sourceNoteIn } from './objects.ts';
import { type BundleLimits, bundleLimits, type UnpackedBundle, unpackBundle } from './unpack-bundle.ts';

/** What a bundle holds, read without writing anything to disk. */
export interface Bundle {
  readonly objects: readonly ManifestObject[];
  /** Whole sentences: what was refused or could not be read, by name; at most 20. */
  readonly problems: readonly string[];
  /** False when reading stopped early: what is missing here may be in the bundle. */
  readonly complete: boolean;
  /** Of the whole download, 64 hex digits; absent when it was not read to its end. */
  readonly sha256?: string;
  /** Where the bundle says it comes from. */
  readonly source?: SourceNote;
}

const maxProblems = 20;

/** What has been read so far. */
class Contents {
  readonly objects: ManifestObject[] = [];
  readonly #problems: string[] = [];
  #source: SourceNote | undefined;

  add(file: string, text: string): void {
    const own = sourceNoteIn(file, text);
    if (own !== undefined) this.#source = own;
    const { objects, problems, notes } = objectsIn(file, text);
    for (const object of objects) this.objects.push(object);
    for (const problem of problems) if (this.#problems.length < maxProblems) this.#problems.push(problem);
    this.#source ??= notes[0];
  }

  bundle({ problems, sha256 }: UnpackedBundle): Bundle {
    return {
      objects: this.objects,
      problems: [...problems, ...this.#problems].slice(0, maxProblems),
      complete: sha256 !== undefined,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(this.#source === undefined ? {} : { source: this.#source }),
    };
  }
}

/** The objects of a bundle's files; what could not be read is named. Throws OutsideError only where the stream itself does. */
export async function readBundle(download: Readable, limits: BundleLimits = bundleLimits): Promise<Bundle> {
  const contents = new Contents();
  const unpacked = await unpackBundle(download, limits, (path, bytes) => contents.add(path, Buffer.from(bytes).toString('utf8')));
  return contents.bundle(unpacked);
}
