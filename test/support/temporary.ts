import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for each test, removed after it; the function gives the path of the current one. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'lockkeeper-test-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** One for all tests of a file, removed after the last. */
export function sharedFolder(): () => string {
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'lockkeeper-test-')));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  return () => folder;
}
