import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compares a text with a file under test/fixtures; LOCKKEEPER_GOLDEN=write writes it instead, for a person to look at. */
export function expectGolden(file: string, text: string): void {
  const path = join(import.meta.dirname, '../fixtures', file);
  if (process.env['LOCKKEEPER_GOLDEN'] === 'write') writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
