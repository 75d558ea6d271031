import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DesiredObject } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';
import { type Expected, expectedFindings } from './expected-findings.ts';

const folder = join(import.meta.dirname, '../fixtures/validation/verdict');

/** A manifest whose verdict is known. */
export interface Case {
  readonly name: string;
  readonly objects: readonly DesiredObject[];
  /** What stood there before the change. */
  readonly previous: readonly DesiredObject[];
  readonly expected: readonly Expected[];
}

/** Every manifest of test/fixtures/validation/verdict. `*.before.yaml` is what stood there before, `*.expected` what a file without comments expects. */
export function validationCorpus(): Case[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.before)\.(?:yaml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(caseOf);
}

function caseOf(path: string): Case {
  const name = relative(folder, path);
  const before = path.replace(/\.yaml$/, '.before.yaml');
  const beside = `${path}.expected`;
  return {
    name,
    objects: objectsIn(path, name),
    previous: before !== path && existsSync(before) ? objectsIn(before, name) : [],
    expected: expectedFindings(readFileSync(path, 'utf8'), existsSync(beside) ? readFileSync(beside, 'utf8') : ''),
  };
}

function objectsIn(path: string, file: string): readonly DesiredObject[] {
  const { objects, findings } = readObjects(readFileSync(path), { file }, 'refused');
  if (findings.length > 0) throw new Error(findings.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
  return objects;
}
