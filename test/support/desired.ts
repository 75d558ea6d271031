import type { DesiredObject } from '../../src/manifests/desired-object.ts';
import { readObjects } from '../../src/manifests/documents.ts';

/** The objects of a YAML text, as an environment reads them. */
export function desired(text: string, file = 'a.yaml'): readonly DesiredObject[] {
  const { objects, findings } = readObjects(Buffer.from(text), { file }, 'refused');
  expect(findings).toEqual([]);
  return objects;
}
