import { differs, type LiveGrant, liveGrants } from '../../access/cluster/live.ts';
import { type ListedGrant, type Looked, listed, unexplained } from '../../access/end/listed.ts';
import { readBook } from '../../access/grant/book.ts';
import type { Grant, GrantRecord } from '../../domain/access.ts';
import { explain, OutsideError, UsageError } from '../../domain/errors.ts';
import { durationText } from '../../domain/time.ts';
import { some } from '../../domain/wording.ts';
import { textOf } from '../../serve/access/environments.ts';
import { withCluster } from '../../serve/cluster.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../io.ts';
import type { Output } from '../output.ts';
import { withServices } from '../work.ts';
import { type GrantingEnvironment, grantingEnvironments } from './environments.ts';

export interface AccessListCommand {
  readonly env?: readonly string[];
  /** Also those that ended. */
  readonly all?: boolean;
  readonly json?: boolean;
}

interface Found {
  readonly grants: readonly ListedGrant[];
  /** What carries our label in a cluster, and no merge request gave. */
  readonly unexplained: readonly { readonly cluster: string; readonly namespace: string; readonly id: string }[];
  readonly errors: readonly { readonly scope: string; readonly message: string }[];
}

/** `lockkeeper access list`: 0 where the clusters have what was granted, 1 where they have something else, 3 where one cannot be asked. */
export async function runAccessList({ env, all = false, json = false }: AccessListCommand, context: Context): Promise<ExitCode> {
  const found = await withServices(
    context,
    async (services, config) => {
      const everywhere = await Promise.all(
        grantingEnvironments(config, services, undefined).map(({ repository }) =>
          readBook(services.persistence.store, textOf({ repository })),
        ),
      );
      // Before all were read, what is in a cluster may be what nobody remembers yet.
      const known = everywhere.every(({ files }) => files !== undefined) ? everywhere.flatMap(({ grants }) => grants) : undefined;
      const asked = grantingEnvironments(config, services, env);
      return joined(await Promise.all(asked.map((one) => look(services, one, known, all))));
    },
    { unfinished: true },
  );
  if (json) context.output.json(found);
  else print(found, new Date(), context.output);
  for (const { scope, message } of found.errors) context.log.error(`${scope}: ${message}`);
  if (found.errors.length > 0) return 3;
  return found.unexplained.length > 0 || found.grants.some(({ cluster }) => cluster !== undefined) ? 1 : 0;
}

/** `known` is of all environments: some may share a cluster. */
async function look(
  { persistence }: Pick<Services, 'persistence'>,
  environment: GrantingEnvironment,
  known: readonly GrantRecord[] | undefined,
  all: boolean,
): Promise<Found> {
  const { name, cluster } = environment;
  const { grants } = await readBook(persistence.store, textOf(environment));
  try {
    const live = await withCluster(cluster.place, (server) => liveGrants(server, new AbortController().signal));
    const looked: Looked = { live, differs: (one: LiveGrant, grant: Grant) => differs(one, grant, cluster) };
    return {
      grants: listed(grants, all, looked),
      unexplained: (known === undefined ? [] : unexplained(known, looked)).map(({ namespace, id }) => ({
        cluster: cluster.name,
        namespace,
        id,
      })),
      errors: [],
    };
  } catch (error) {
    if (!(error instanceof OutsideError || error instanceof UsageError)) throw error;
    return { grants: listed(grants, all, undefined), unexplained: [], errors: [{ scope: name, message: explain(error) }] };
  }
}

/** Environments that share a cluster find the same there. */
const joined = (parts: readonly Found[]): Found => ({
  grants: parts.flatMap(({ grants }) => grants),
  unexplained: [
    ...new Map(parts.flatMap((one) => one.unexplained).map((one) => [`${one.cluster} ${one.namespace} ${one.id}`, one])).values(),
  ],
  errors: parts.flatMap(({ errors }) => errors),
});

function print({ grants, unexplained: strange }: Found, now: Date, output: Output): void {
  if (grants.length === 0) output.print('Nobody has more access than usual.');
  else
    output.table(
      ['grant', 'who', 'environment', 'namespace', 'level', 'until', 'approved by', 'why', 'merge request'],
      grants.map((one) => row(one, now)),
    );
  for (const { cluster, namespace, id } of strange)
    output.print(`cluster ${cluster}: ${namespace} has a binding or a timer of the grant "${id}", which no merge request gave`);
}

const row = (of: ListedGrant, now: Date): string[] => [
  of.id,
  of.subjectKind === 'group' ? `group ${of.subject}` : of.subject,
  of.environment,
  of.namespace,
  of.level,
  untilText(of, now),
  of.breakGlass ? 'nobody: break-glass' : some(of.approvedBy, 5),
  [of.reason, ...(of.cluster === undefined ? [] : [`IN THE CLUSTER: ${of.cluster}`])].join(' · '),
  of.mergeRequest,
];

/** `2026-11-21 14:02Z (1h12m left)` */
function untilText({ until, state, endedAt, because = '', by = 'lockkeeper' }: ListedGrant, now: Date): string {
  const shown = (at: string): string => at.slice(0, 16).replace('T', ' ');
  const who = by === 'lockkeeper' ? '' : ` by ${by}`;
  if (state === 'ended') return `${shown(endedAt ?? until)}Z (ended${who}: ${because})`;
  const left = Date.parse(until) - now.getTime();
  const standing = state === 'active' ? '' : `${state}, `;
  return `${shown(until)}Z (${standing}${left > 0 ? `${durationText(left)} left` : `${durationText(-left)} OVERDUE`})`;
}
