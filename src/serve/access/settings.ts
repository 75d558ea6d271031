import type { AccessRules, AccessSettings } from '../../access/settings.ts';
import type { Config } from '../../config/schema.ts';
import { parseDuration } from '../../domain/time.ts';

type Said = Config['access']['policies'][number];

/** What app.yml says of access, read once. */
export function accessSettings({ access }: Pick<Config, 'access'>): AccessSettings {
  const { levels, policies, users, groups, namespaces, merge, guards, protected: guarded, expireAfter, dwell } = access;
  return {
    levels,
    rules: {
      approvers: access.approvers,
      approvals: access.approvals,
      maxDurationMs: parseDuration(access.maxDuration),
      ...otherwise(access),
    },
    policies: policies.map((one) => ({
      environments: one.environments,
      namespaces: one.namespaces,
      levels: one.levels,
      ...(one.approvers !== undefined && { approvers: one.approvers }),
      ...(one.approvals !== undefined && { approvals: one.approvals }),
      ...(one.maxDuration !== undefined && { maxDurationMs: parseDuration(one.maxDuration) }),
      ...otherwise(one),
    })),
    ...(users !== undefined && { users }),
    groups,
    ...(namespaces !== undefined && { namespaces }),
    protected: guarded,
    expireAfterMs: parseDuration(expireAfter),
    dwellMs: parseDuration(dwell),
    merge,
    guards,
  };
}

function otherwise({
  maxTotal,
  reason,
  requesters,
  breakGlass,
}: Pick<Said, 'maxTotal' | 'reason' | 'requesters' | 'breakGlass'>): Partial<
  Pick<AccessRules, 'maxTotalMs' | 'reason' | 'requesters' | 'breakGlass'>
> {
  return {
    ...(maxTotal !== undefined && { maxTotalMs: parseDuration(maxTotal) }),
    ...(reason !== undefined && { reason: new RegExp(reason, 'u') }),
    ...(requesters !== undefined && { requesters }),
    ...(breakGlass !== undefined && { breakGlass: { users: breakGlass.users, maxDurationMs: parseDuration(breakGlass.maxDuration) } }),
  };
}
