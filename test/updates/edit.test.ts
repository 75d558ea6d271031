import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConflictError, explain, RefusedError } from '../../src/domain/errors.ts';
import type { Reference, TextFile } from '../../src/domain/reference.ts';
import type { Release } from '../../src/domain/release.ts';
import { decodeText } from '../../src/manifests/text.ts';
import { applyUpdates } from '../../src/updates/edit.ts';
import { findReferences } from '../../src/updates/references/find.ts';
import { joinHelmRepositories } from '../../src/updates/references/helm-repositories.ts';
import { hex } from '../support/found.ts';

const fixtures = join(import.meta.dirname, '../fixtures/edits');
const next: Release = { version: '1.10.0', digest: `sha256:${hex('b')}`, sha256: hex('b'), commit: 'b'.repeat(40) };

describe.each(readdirSync(fixtures))('%s', (name) => {
  const folder = join(fixtures, name, 'original');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('.'));
  test.each(paths)('%s', (path) => {
    const text = decodeText(readFileSync(join(folder, path))) ?? '';
    const file = { path, text };
    const billing = (of: TextFile): Reference[] => {
      const { references: open, helmRepositories } = findReferences(of);
      return joinHelmRepositories(open, helmRepositories).filter(
        (one) => one.package.name.includes('payments/billing') || one.package.name.includes('manifests/billing'),
      );
    };
    const ours = billing(file).filter((one) => !one.package.name.endsWith('-ui'));
    const edited = applyUpdates(
      file,
      ours.map((reference) => ({ reference, to: next })),
    );
    expect(Buffer.from(edited)).toEqual(readFileSync(join(fixtures, name, 'expected', path)));
    expect(
      new Set(
        billing({ path, text: edited })
          .filter((one) => !one.package.name.endsWith('-ui'))
          .map(({ version }) => version),
      ),
    ).toEqual(new Set(['1.10.0']));
  });
});

const text = `kind: Pod\nspec: {containers: [{image: a/b:1.4.2}, {image: "a/c:1@sha256:${hex('a')}"}]}\n`;
const file: TextFile = { path: 'pod.yaml', text };
const references = findReferences(file).references;
const edit = (index: number, to: Release): { reference: Reference; to: Release } => {
  const reference = references[index];
  if (reference === undefined) throw new Error(`no reference ${index}`);
  return { reference, to };
};

test('several updates of one file, in any order, and one of them twice', () => {
  const [one, two] = [edit(0, { version: '2.0.0' }), edit(1, { version: '2', digest: `sha256:${hex('c')}` })];
  const wanted = text.replace('1.4.2', '2.0.0').replace(`1@sha256:${hex('a')}`, `2@sha256:${hex('c')}`);
  expect(applyUpdates(file, [one, two])).toBe(wanted);
  expect(applyUpdates(file, [two, one, one])).toBe(wanted);
  expect(applyUpdates(file, [])).toBe(text);
});

test('a digest may move under the same version', () => {
  expect(applyUpdates(file, [edit(1, { version: '1', digest: `sha256:${hex('c')}` })])).toBe(text.replace(hex('a'), hex('c')));
});

const badReleases: [string, number, Release, string][] = [
  ['pinned, without a digest', 1, { version: '2' }, 'the release has no digest, which is pinned here'],
  ['a strange digest', 1, { version: '2', digest: 'latest' }, 'its digest has characters that none may have'],
  ['text that ends the scalar', 0, { version: '2.0.0}, {image: "x"' }, 'its version has characters that none may have'],
  ['a comment', 0, { version: '2 # x' }, 'its version has characters that none may have'],
  ['a line end', 0, { version: '2\n' }, 'its version has characters that none may have'],
  ['nothing', 0, { version: '' }, 'its version has characters that none may have'],
];
test.each(badReleases)('refused: %s', (_, index, to, reason) => {
  const act = (): string => applyUpdates(file, [edit(index, to)]);
  expect(act).toThrow(RefusedError);
  expect(act).toThrow(reason);
});

test('a slash, as git tags may hold one, takes the place of none but such a tag', () => {
  const moveTo = (ref: string, version: string): string => {
    const kustomization = { path: 'kustomization.yaml', text: `resources: ["github.com/o/r?ref=${ref}"]\n` };
    const [reference] = findReferences(kustomization).references;
    if (reference === undefined) throw new Error('no reference');
    return applyUpdates(kustomization, [{ reference, to: { version } }]);
  };
  expect(moveTo('kustomize/v5.3.0', 'kustomize/v5.4.0')).toBe('resources: ["github.com/o/r?ref=kustomize/v5.4.0"]\n');
  expect(() => moveTo('v5.3.0', 'kustomize/v5.4.0')).toThrow('its version has characters that none may have');
  expect(() => moveTo('kustomize/v5.3.0', 'kustomize/v5&x=1')).toThrow('its version has characters that none may have');
});

test('refused: a bundle that is pinned, without a checksum', () => {
  const bundles = { path: 'environment.yml', text: `manifests: [{url: https://n/r/a-1.2.3.tgz, sha256: ${hex('a')}}]\n` };
  const [reference] = findReferences(bundles).references;
  if (reference === undefined) throw new Error('no reference');
  expect(() => applyUpdates(bundles, [{ reference, to: { version: '1.3.0', digest: `sha256:${hex('a')}` } }])).toThrow(
    'the release has no sha256',
  );
});

test('refused: an unquoted text that would become a number', () => {
  const values = { path: 'values.yaml', text: 'image: {repository: a, tag: 1.4.2 }\n' };
  const [reference] = findReferences(values).references;
  if (reference === undefined) throw new Error('no reference');
  expect(() => applyUpdates(values, [{ reference, to: { version: '1.10' } }])).toThrow('without quotes 1.10 would be read as 1.1');
  const quoted = { path: 'values.yaml', text: values.text.replace('1.4.2', '"1.4.2"') };
  const [other] = findReferences(quoted).references;
  expect(other && applyUpdates(quoted, [{ reference: other, to: { version: '1.10' } }])).toContain('"1.10"');
});

test('refused: a reference that is skipped', () => {
  const pod = { path: 'pod.yaml', text: 'kind: Pod\nspec: {containers: [{image: nginx}]}\n' };
  const [reference] = findReferences(pod).references;
  if (reference === undefined) throw new Error('no reference');
  expect(() => applyUpdates(pod, [{ reference, to: next }])).toThrow('nginx is not to be edited: no version is written');
});

test('a file that changed since is a conflict', () => {
  const act = (): string => applyUpdates({ ...file, text: `# new line\n${text}` }, [edit(0, { version: '2.0.0' })]);
  expect(act).toThrow(ConflictError);
  expect(() => applyUpdates({ ...file, path: 'other.yaml' }, [edit(0, next)])).toThrow(ConflictError);
  try {
    act();
  } catch (error) {
    expect(explain(error)).toBe('editing pod.yaml:2: version 1.4.2 is no longer where it was found');
  }
});

test('two updates that want different texts in one place are a conflict', () => {
  expect(() => applyUpdates(file, [edit(0, { version: '2.0.0' }), edit(0, { version: '3.0.0' })])).toThrow('two updates would write');
});

test('what an archive altered is told and not edited', () => {
  const found = findReferences(file, 'the archive holds another text').references;
  expect(found.map(({ skip, spots }) => [skip, spots])).toEqual([
    ['the archive holds another text', []],
    ['the archive holds another text', []],
  ]);
});
