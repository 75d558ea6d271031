import type { AccessForge, Protection } from '../../domain/access-forge.ts';
import { explain, OutsideError } from '../../domain/errors.ts';
import type { EnvironmentForge } from '../../domain/forge.ts';

/** What of the rules of access the forge itself enforces in one environment. */
export interface ForgeAudit {
  readonly environment: string;
  /** RFC 3339: when it was asked. */
  readonly at: string;
  readonly protections: readonly Protection[];
  /** Why it could not be asked, where that is so. */
  readonly problem?: string;
}

type AuditedForge = Pick<EnvironmentForge, 'state'> & Pick<AccessForge, 'protections'>;

/** What cannot be asked is told as that, and never as enforced. */
export async function auditProtections(forge: AuditedForge, environment: string, path: string, now: Date): Promise<ForgeAudit> {
  const at = now.toISOString();
  try {
    const { defaultBranch } = await forge.state(path);
    return { environment, at, protections: await forge.protections(path, defaultBranch) };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { environment, at, protections: [], problem: explain(error) };
  }
}

const rules: Readonly<Record<Protection['rule'], string>> = {
  push: 'nobody pushes to the default branch',
  'self-approval': 'nobody approves their own',
  'reset-on-push': 'a push takes approvals away',
  'who-merges': 'only few may merge',
};

/** For a table and for the log: environment, rule, who enforces it, and what was found. */
export type AuditRow = readonly [environment: string, rule: string, enforced: string, detail: string];

export function auditRows({ environment, protections, problem }: ForgeAudit): readonly AuditRow[] {
  if (problem !== undefined) return [[environment, 'all', 'not known', problem]];
  return protections.map(({ rule, enforced, detail }) => [
    environment,
    rules[rule],
    enforced ? 'enforced by the forge' : 'enforced only by Lockkeeper',
    detail,
  ]);
}
