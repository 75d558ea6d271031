import { readFileSync } from 'node:fs';
import { explain, UsageError } from '../domain/errors.ts';
import { record } from '../manifests/objects.ts';

/** The names of what the plan in that file prunes in the environment: what `plan --json` or `deploy --dry-run --json` printed. Throws UsageError. */
export function approvedPrune(file: string, environment: string): readonly string[] {
  const found = plansIn(file).find((plan) => plan['environment'] === environment);
  if (found === undefined) throw new UsageError(`--plan ${file} has no plan of ${environment}`);
  const { prune } = found;
  const names = Array.isArray(prune) ? prune.map((one: unknown) => record(one)['object']) : [undefined];
  if (names.every((name) => typeof name === 'string')) return names;
  throw new UsageError(`--plan ${file}: what it prunes cannot be read; make it anew: lockkeeper plan --json`);
}

/** One, or those of several environments. */
function plansIn(file: string): readonly Readonly<Record<string, unknown>>[] {
  try {
    const plan = record(JSON.parse(readFileSync(file, 'utf8')));
    const { environments } = plan;
    return Array.isArray(environments) ? environments.map(record) : [plan];
  } catch (cause) {
    throw new UsageError(`--plan ${file} cannot be read: ${explain(cause)}`, { cause });
  }
}
