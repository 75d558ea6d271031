import pLimit from 'p-limit';
import { auditProtections, auditRows, type ForgeAudit } from '../../access/audit/audit.ts';
import { forgeOf } from '../judged-environments.ts';
import type { AccessEnvironment, AccessParts } from './environments.ts';

/** Environments asked about at once. */
const atOnce = 4;

/** Says per rule whether the forge enforces it, or only Lockkeeper does. */
export async function auditForge(parts: AccessParts, environments: readonly AccessEnvironment[]): Promise<void> {
  const { log, redact } = parts;
  for (const audit of await auditAll(parts, environments)) {
    for (const [environment, rule, enforced, detail] of auditRows(audit))
      log.info({ environment }, redact(`${rule}: ${enforced} (${detail})`));
  }
}

/** Asks every environment's forge, now. */
export function auditAll(
  { services, now }: Pick<AccessParts, 'services' | 'now'>,
  environments: readonly AccessEnvironment[],
): Promise<readonly ForgeAudit[]> {
  const turns = pLimit(atOnce);
  return Promise.all(
    environments.map((one) => turns(() => auditProtections(forgeOf(services, one.repository.forge), one.name, one.repository.path, now()))),
  );
}
