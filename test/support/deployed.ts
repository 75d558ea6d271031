import type { ClusterClient } from '../../src/adapters/cluster/client.ts';
import { type Applied, applyAll } from '../../src/deploy/apply/apply.ts';
import type { Looked, Preflight } from '../../src/deploy/apply/preflight.ts';
import { rehearse } from '../../src/deploy/apply/preflight.ts';
import { isSettled } from '../../src/deploy/apply/settled.ts';
import type { Progress } from '../../src/deploy/progress.ts';
import { openTarget, type Target } from '../../src/deploy/target.ts';
import { pathOf } from '../../src/domain/api-path.ts';
import type { ObjectMetadata } from '../../src/domain/cluster.ts';
import { appliedAnnotation } from '../../src/domain/ownership.ts';
import type { DesiredObject } from '../../src/manifests/desired-object.ts';

export const silent: Progress = { phase: () => undefined, done: () => undefined };

/** One object as it stands, or undefined. */
export async function read(
  server: ClusterClient,
  target: Target,
  object: DesiredObject,
): Promise<(Record<string, unknown> & { metadata: ObjectMetadata }) | undefined> {
  const kind = target.kindOf(object);
  if (kind === undefined) return undefined;
  const { status, body } = await server.ask({ method: 'GET', path: pathOf(kind, object) });
  return status === 200 ? (JSON.parse(body) as Record<string, unknown> & { metadata: ObjectMetadata }) : undefined;
}

/** What lists would tell of the objects. */
export async function looked(server: ClusterClient, target: Target, objects: readonly DesiredObject[]): Promise<Looked> {
  const found = await Promise.all(
    objects.map(async (object) => {
      const live = await read(server, target, object);
      if (live === undefined) return [];
      const { metadata } = live;
      const { apiVersion, kind, name } = object;
      const settled = isSettled(object, metadata, target.environment);
      return [
        { apiVersion, kind, namespace: metadata.namespace ?? '', name, settled, applied: metadata.annotations?.[appliedAnnotation] ?? '' },
      ];
    }),
  );
  return { objects: found.flat() };
}

export interface Ran {
  readonly preflight: Preflight;
  /** Absent where something was refused. */
  readonly applied?: Applied;
}

/** A run without its lock and prune. */
export async function run(
  server: ClusterClient,
  environment: string,
  objects: readonly DesiredObject[],
  { takeOver = false, formerly = [], run: id = '20261121120000' }: { takeOver?: boolean; formerly?: readonly string[]; run?: string } = {},
): Promise<Ran> {
  const target = await openTarget({ server, environment, formerly });
  const preflight = await rehearse(target, objects, await looked(server, target, objects), { takeOver }, silent);
  if (preflight.refusals.length > 0) return { preflight };
  return { preflight, applied: await applyAll(target, preflight.rehearsed, id, silent) };
}
