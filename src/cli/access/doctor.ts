import { auditRows, type ForgeAudit } from '../../access/audit/audit.ts';
import { checkGuards, type GuardCheck } from '../../access/cluster/guards.ts';
import { namespacesOf } from '../../access/cluster/namespaces.ts';
import { lackingRights } from '../../access/cluster/rights.ts';
import { type AccessSettings, fits, isProtected } from '../../access/settings.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { explain, OutsideError, RefusedError, UsageError } from '../../domain/errors.ts';
import { guardLabel } from '../../domain/ownership.ts';
import { count } from '../../domain/wording.ts';
import { auditAll } from '../../serve/access/audit.ts';
import { accessSettings } from '../../serve/access/settings.ts';
import { withCluster } from '../../serve/cluster.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../io.ts';
import type { Output } from '../output.ts';
import { withServices } from '../work.ts';
import { type GrantingEnvironment, grantingEnvironments } from './environments.ts';

export interface AccessDoctorCommand {
  readonly env?: readonly string[];
  readonly json?: boolean;
}

interface Examined {
  readonly environment: string;
  readonly cluster: string;
  readonly checks: readonly GuardCheck[];
}

interface Found {
  readonly examined: readonly Examined[];
  readonly forges: readonly ForgeAudit[];
  readonly errors: readonly { readonly scope: string; readonly message: string }[];
}

/** `lockkeeper access doctor`: 0 where each cluster guards what is granted in it, 1 where one does not, 3 where a cluster or forge cannot be asked. */
export async function runAccessDoctor({ env, json = false }: AccessDoctorCommand, context: Context): Promise<ExitCode> {
  const { examined, forges, errors } = await withServices(
    context,
    async (services, config): Promise<Found> => {
      const chosen = grantingEnvironments(config, services, env);
      const settings = accessSettings(config);
      const [clusters, audits] = await Promise.all([
        Promise.all(chosen.map((one) => examine(one, settings))),
        auditAll({ services, now: () => new Date() }, chosen),
      ]);
      const unasked = audits.flatMap(({ environment, problem }) =>
        problem === undefined ? [] : [{ scope: environment, message: problem }],
      );
      return {
        examined: clusters.flatMap((one) => ('checks' in one ? [one] : [])),
        forges: audits.filter(({ problem }) => problem === undefined),
        errors: [...clusters.flatMap((one) => ('message' in one ? [one] : [])), ...unasked],
      };
    },
    { unfinished: true },
  );
  const isFine = examined.every(({ checks }) => checks.every(({ ok }) => ok));
  if (json) context.output.json({ ok: isFine && errors.length === 0, clusters: examined, forges, errors });
  else print({ examined, forges, errors }, context.output);
  for (const { scope, message } of errors) context.log.error(`${scope}: ${message}`);
  if (errors.length > 0) return 3;
  return isFine ? 0 : 1;
}

async function examine({ name, cluster }: GrantingEnvironment, settings: AccessSettings): Promise<Examined | Found['errors'][number]> {
  try {
    const { signal } = new AbortController();
    const checks = await withCluster(cluster.place, (server) => checksOf(server, settings, signal));
    return { environment: name, cluster: cluster.name, checks };
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof UsageError)) throw error;
    return { scope: name, message: explain(error) };
  }
}

async function checksOf(server: ApiServer, settings: AccessSettings, signal: AbortSignal): Promise<readonly GuardCheck[]> {
  const lacking = await lackingRights(server, [...new Set(Object.values(settings.levels))], signal);
  const detail =
    lacking.length === 0 ? 'it may all that it needs' : `it may not ${lacking.join(', ')}: bind the ClusterRole lockkeeper-access to it`;
  const rights = { check: "this account's rights", ok: lacking.length === 0, detail };
  try {
    const all = (await namespacesOf(server, signal)).filter(({ name }) => isGrantable(settings, name));
    const free = all.filter(({ guarded }) => !guarded);
    const { checks } = await checkGuards(
      server,
      all.flatMap(({ name, guarded }) => (guarded ? [name] : [])),
      signal,
    );
    const unguarded = free.map(({ name }) => ({ check: name, ok: true, detail: `${guardLabel} is disabled: nothing is granted here` }));
    return [rights, ...checks, ...unguarded];
  } catch (error) {
    if (!(error instanceof RefusedError) || rights.ok) throw error;
    return [rights, { check: 'policies', ok: false, detail: `cannot be looked at: ${explain(error)}` }];
  }
}

const isGrantable = (settings: AccessSettings, namespace: string): boolean =>
  !isProtected(settings, namespace) && (settings.namespaces?.some((pattern) => fits(pattern, namespace)) ?? true);

function print({ examined, forges }: Found, output: Output): void {
  if (examined.length === 0 && forges.length === 0) output.print('app.yml has no environment with a cluster: access is granted nowhere.');
  for (const { environment, cluster, checks } of examined) {
    const wrong = checks.filter(({ ok }) => !ok).length;
    output.print(
      `${environment}, cluster ${cluster}: ${wrong === 0 ? `guarded, ${count(checks.length, 'check')}` : `${count(wrong, 'check')} not fine`}`,
    );
    output.table(
      ['', 'check', ''],
      checks.map(({ check, ok, detail }) => [ok ? 'fine' : 'NOT FINE', check, detail]),
    );
    output.print('');
  }
  if (forges.length > 0)
    output.table(
      ['environment', 'rule of the forge', 'enforced', ''],
      forges.flatMap((one) => auditRows(one)).map((row) => [...row]),
    );
}
