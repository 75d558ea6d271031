import type { AccessEnvironment, AccessParts } from './environments.ts';

/** Says per rule whether the forge enforces it, or only Lockkeeper does. */
export function auditForge(_parts: AccessParts, _environments: readonly AccessEnvironment[]): Promise<void> {
  return Promise.reject(new Error('not built yet'));
}
