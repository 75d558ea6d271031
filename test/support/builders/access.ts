import type { AccessRules, AccessSettings } from '../../../src/access/settings.ts';
import type { AccessRequest } from '../../../src/domain/access.ts';

const hour = 3_600_000;

/** What app.yml says where it is something else than usual. */
export interface Says extends Partial<Omit<AccessSettings, 'rules'>> {
  readonly rules?: Partial<AccessRules>;
}

const usual: AccessSettings = {
  levels: { readonly: 'view', developer: 'edit', admin: 'lockkeeper-admin' },
  rules: { approvers: ['grace'], approvals: 1, maxDurationMs: 8 * hour },
  policies: [],
  groups: {},
  protected: ['vault'],
  expireAfterMs: 24 * hour,
  dwellMs: 0,
  merge: 'service',
  guards: 'required',
};

export const settingsOf = ({ rules, ...says }: Says = {}): AccessSettings => ({ ...usual, ...says, rules: { ...usual.rules, ...rules } });

/** Two hours of the admin of billing for alice. */
export const requestOf = (more: Partial<AccessRequest> = {}): AccessRequest => ({
  namespace: 'billing',
  subject: { kind: 'user', name: 'alice' },
  level: 'admin',
  reason: 'INC-1234: migration stuck',
  durationMs: 2 * hour,
  breakGlass: false,
  ...more,
});
