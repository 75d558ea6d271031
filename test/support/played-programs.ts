import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a program answers `--version`, as the real ones word it. */
export const kubernetes = (version: string): string => `Kubernetes v${version}`;
export const etcd = (version: string): string => `etcd Version: ${version}\nGit SHA: abc\nGo Version: go1.26\nGo OS/Arch: linux/amd64`;

/** The text of a program that says that and ends. */
export const saying = (text: string): string => `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`;

/** Makes the folder, with programs in it by their names. */
export function writePrograms(folder: string, programs: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}
