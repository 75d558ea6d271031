import type { EnvironmentSettings } from '../settings.ts';

/** As versions travel: in app.yml's order, but each behind the one that its updates come after. */
export function promotionOrder(environments: readonly EnvironmentSettings[]): readonly EnvironmentSettings[] {
  const byName = new Map(environments.map((one) => [one.name, one]));
  const ordered = new Set<EnvironmentSettings>();
  const place = (one: EnvironmentSettings, way: readonly EnvironmentSettings[]): void => {
    const before = byName.get(one.updates.after?.environment ?? '');
    if (before !== undefined && !way.includes(before)) place(before, [...way, before]);
    ordered.add(one);
  };
  for (const one of environments) place(one, [one]);
  return [...ordered];
}
