import { ConflictError, RefusedError } from '../../src/domain/errors.ts';
import type { Release } from '../../src/domain/release.ts';
import { parseEnvironment } from '../../src/manifests/environment-file.ts';
import { objectsIn } from '../../src/manifests/objects.ts';
import { decodeText } from '../../src/manifests/text.ts';
import { applyUpdates } from '../../src/updates/edit.ts';
import { readRepository } from '../../src/updates/read-repository.ts';
import { findReferences } from '../../src/updates/references/find.ts';
import { hex } from '../support/found.ts';
import { fc } from '../support/fuzz.ts';
import { hostileFile, manifests } from '../support/hostile-yaml.ts';
import { streamOf, tarOf } from '../support/tar.ts';

const runs = { numRuns: 2000 };

test('every form has its references before anything is wrong with it', () => {
  const counts = Object.entries(manifests).map(([path, text]) => [path, findReferences({ path, text }).references.length]);
  expect(Object.fromEntries(counts)).toEqual({
    'manifests/app.yaml': 2,
    'values.yaml': 3,
    'kustomization.yaml': 4,
    'environment.yml': 2,
    'Chart.yaml': 2,
    'flux.yaml': 3,
    'argo.yaml': 2,
  });
});

test('whatever is wrong with a file, what is found stands where it says, once, and nothing is thrown', () => {
  fc.assert(
    fc.property(hostileFile, (file) => {
      const { references, warnings } = findReferences(file);
      const lines = file.text.split('\n').length;
      for (const { file: path, message, line = 1 } of warnings) {
        expect(path).toBe(file.path);
        expect(message).not.toBe('');
        expect(line).toBeLessThanOrEqual(lines);
      }
      for (const { spots, line, skip, app } of references) {
        expect(line).toBeLessThanOrEqual(lines);
        expect(app).toMatch(/^[\w.-]+$/);
        for (const { start, end, text } of spots) expect(file.text.slice(start, end)).toBe(text);
        if (skip !== undefined) expect(spots).toEqual([]);
      }
      const spots = references.flatMap((one) => one.spots).toSorted((a, b) => a.start - b.start);
      for (const [index, { start }] of spots.entries()) expect(start).toBeGreaterThanOrEqual(spots[index - 1]?.end ?? 0);
      parseEnvironment(file);
      objectsIn(file.path, file.text);
    }),
    runs,
  );
});

test('whatever is wrong with a file, an edit changes its spots alone, or says why not', () => {
  const to: Release = { version: '7.8.9', digest: `sha256:${hex('b')}`, sha256: hex('b'), commit: 'b'.repeat(40) };
  let edits = 0;
  fc.assert(
    fc.property(hostileFile, (file) => {
      for (const reference of findReferences(file).references) {
        try {
          const edited = applyUpdates(file, [{ reference, to }]);
          edits += 1;
          expect(withoutSpots(edited, reference.spots, to)).toBe(withoutSpots(file.text, reference.spots));
          const again = findReferences({ ...file, text: edited }).references.filter(({ line }) => line === reference.line);
          expect(again.map(({ version }) => version)).toContain(reference.version === '' ? '' : '7.8.9');
        } catch (error) {
          if (!(error instanceof RefusedError || error instanceof ConflictError)) throw error;
          expect(error.message).toContain(file.path);
        }
      }
    }),
    runs,
  );
  expect(edits).toBeGreaterThan(runs.numRuns / 2);
});

/** The text with nothing where the spots are; with a release, where they are after it was written. */
function withoutSpots(
  text: string,
  spots: readonly { readonly start: number; readonly end: number; readonly holds: keyof Release }[],
  to?: Release,
): string {
  let shift = 0;
  let out = '';
  let done = 0;
  for (const { start, end, holds } of spots.toSorted((a, b) => a.start - b.start)) {
    const length = to === undefined ? end - start : String(to[holds]).length;
    out += `${text.slice(done, start + shift)}\0`;
    done = start + shift + length;
    shift += length - (end - start);
  }
  return out + text.slice(done);
}

test('bytes that are no UTF-8 are a warning, and any others come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = decodeText(bytes);
      if (text !== undefined) expect(Buffer.from(text, 'utf8').equals(bytes)).toBe(true);
    }),
  );
  expect(decodeText(Buffer.from('image: a:1.2.3', 'utf16le'))).toBeUndefined();
});

test('one file that cannot be read hides none of the others', async () => {
  const files = fc.sample(hostileFile, 200);
  const good = manifests['values.yaml'] ?? '';
  const archive = await tarOf([
    ...files.map(({ path, text }, index) => ({ name: `r/${index}/${path.replace('environment.yml', 'e.yml')}`, content: text })),
    { name: 'r/utf16.yaml', content: Buffer.from(good, 'utf16le') },
    { name: 'r/z/values.yaml', content: good },
  ]);
  const { references, warnings } = await readRepository(streamOf(archive), 'platform/staging');
  expect(references.filter(({ file }) => file === 'z/values.yaml')).toHaveLength(3);
  expect(warnings).toContainEqual({ file: 'utf16.yaml', message: 'is not UTF-8 text; not read' });
});
