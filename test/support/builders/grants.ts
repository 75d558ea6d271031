import type { Grant, GrantRecord } from '../../../src/domain/access.ts';

/** Two hours of the admin of billing for alice, from noon on. */
export const grantOf = (more: Partial<Grant> = {}): Grant => ({
  id: 'g00000000000000000001',
  environment: 'production',
  repository: 'local:environments/production',
  request: 7,
  url: 'http://localhost:3000/requests/7',
  file: 'access/billing/alice.yml',
  blob: 'a'.repeat(40),
  namespace: 'billing',
  subject: { kind: 'user', name: 'alice' },
  level: 'admin',
  role: 'lockkeeper-admin',
  reason: 'INC-1234: migration stuck',
  from: '2026-11-21T12:00:00Z',
  until: '2026-11-21T14:00:00Z',
  approvedBy: ['lead'],
  breakGlass: false,
  ...more,
});

export const recordOf = (more: Partial<Omit<GrantRecord, 'grant'>> = {}, grant: Partial<Grant> = {}): GrantRecord => ({
  grant: grantOf(grant),
  state: 'active',
  ...more,
});
