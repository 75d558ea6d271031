import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { postgresPrograms } from './postgres-programs.ts';

/** Real programs that tests run against; what a machine has decides which tests run. */
export const parts = {
  git: ['git', '--version'],
  'docker-registry': ['docker-registry', '--version'],
  chromium: ['chromium', '--version'],
  postgresql: [join(postgresPrograms() ?? '', 'postgres'), '--version'],
  'control-plane': [process.execPath, join(import.meta.dirname, 'control-plane-version.ts')],
  'controller-manager': [process.execPath, join(import.meta.dirname, 'controller-manager-version.ts')],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type Part = keyof typeof parts;

/** The version line of the part, or undefined when the machine does not have it. */
export function partVersion(part: Part): string | undefined {
  const [command, ...args] = parts[part];
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      .split('\n')[0]
      ?.trim();
  } catch {
    return undefined;
  }
}

/** A describe that needs a real part: skipped where it is missing, a failure where LOCKKEEPER_REQUIRE_PARTS=1 says that all must be there. */
export function describeWith(part: Part, name: string, body: () => void): void {
  if (partVersion(part) !== undefined) {
    describe(name, body);
  } else if (process.env['LOCKKEEPER_REQUIRE_PARTS'] === '1') {
    describe(name, () => {
      test(`needs ${part}`, () => {
        throw new Error(`${part} is not installed and LOCKKEEPER_REQUIRE_PARTS=1 demands it`);
      });
    });
  } else {
    describe.skip(`${name} (needs ${part})`, body);
  }
}
