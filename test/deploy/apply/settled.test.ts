import { isDeepStrictEqual } from 'node:util';
import { type ClusterClient, connectCluster } from '../../../src/adapters/cluster/client.ts';
import { applyAll } from '../../../src/deploy/apply/apply.ts';
import { rehearse } from '../../../src/deploy/apply/preflight.ts';
import { applyRequest, marksOf } from '../../../src/deploy/apply/requests.ts';
import { isSettled } from '../../../src/deploy/apply/settled.ts';
import { openTarget, type Target } from '../../../src/deploy/target.ts';
import { pathOf } from '../../../src/domain/api-path.ts';
import type { ObjectMetadata } from '../../../src/domain/cluster.ts';
import { objectName } from '../../../src/domain/finding.ts';
import { appliedAnnotation } from '../../../src/domain/ownership.ts';
import type { DesiredObject } from '../../../src/manifests/desired-object.ts';
import { stamp } from '../../../src/manifests/stamp.ts';
import { comparable } from '../../../src/plan/compare.ts';
import { sharedControlPlane } from '../../support/control-plane.ts';
import { looked, read, run, silent } from '../../support/deployed.ts';
import { desired } from '../../support/desired.ts';
import { manyKinds, widgets } from '../../support/many-kinds.ts';
import { describeWith } from '../../support/parts.ts';

type Live = Record<string, unknown> & { readonly metadata: ObjectMetadata };
type Path = readonly (string | number)[];

/** Every place in a manifest at which something can be changed, and what stands there. */
function places(value: unknown, path: Path = []): { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const below = Object.entries(value).flatMap(([key, part]) => places(part, [...path, Array.isArray(value) ? Number(key) : key]));
  return path.length === 0 ? below : [{ path, value }, ...below];
}

/** The same value with something else at the path, or without it where `to` gives undefined; as it is where the path is not there. */
function changed(value: unknown, [key, ...rest]: Path, to: (old: unknown) => unknown): unknown {
  if (key === undefined) return to(value);
  if (typeof value !== 'object' || value === null || !(key in value)) return value;
  const part = changed((value as Record<string | number, unknown>)[key], rest, to);
  if (Array.isArray(value)) return part === undefined ? value.filter((_, index) => index !== key) : value.with(Number(key), part);
  return part === undefined ? Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)) : { ...value, [key]: part };
}

const other = (old: unknown): unknown => {
  if (typeof old === 'string') return /^\d+$/.test(old) ? `${Number(old) + 1}` : `${old}x`;
  if (typeof old === 'number') return old + 1;
  if (typeof old === 'boolean') return !old;
  return undefined;
};

describeWith('control-plane', 'whether an object stands as it was applied', () => {
  const shared = sharedControlPlane();
  let server: ClusterClient;
  let target: Target;
  const environment = 'settled';
  const texts = manyKinds.replaceAll('NS', 'settled');
  const objects = desired(texts);
  beforeAll(async () => {
    server = connectCluster((await shared()).address, { throwAway: true });
    const first = desired(`${widgets}---\napiVersion: v1\nkind: Namespace\nmetadata: {name: settled}\n`);
    const { preflight, applied } = await run(server, environment, [...first, ...objects]);
    expect(preflight.refusals).toEqual([]);
    expect(applied?.failures).toEqual([]);
    target = await openTarget({ server, environment, formerly: [] });
  }, 60_000);
  afterAll(() => server.close());

  /** As it was before, and so are the notes of who set what. */
  async function restore(object: DesiredObject, before: Live): Promise<void> {
    const { resourceVersion } = (await live(object)).metadata;
    const metadata = { ...before.metadata, resourceVersion };
    await server.ask({ method: 'PUT', path: `${pathTo(object)}?fieldManager=hand`, body: JSON.stringify({ ...before, metadata }) });
    const body = JSON.stringify([{ op: 'replace', path: '/metadata/managedFields', value: before.metadata.managedFields }]);
    await server.ask({ method: 'PATCH', path: pathTo(object), body, type: 'application/json-patch+json' });
  }
  const settled = async (object: DesiredObject): Promise<boolean> => isSettled(object, (await live(object)).metadata, environment);
  const live = async (object: DesiredObject): Promise<Live> => {
    const found = await read(server, target, object);
    if (found === undefined) throw new Error(`${objectName(object)} is not there`);
    return found;
  };
  const pathTo = (object: DesiredObject): string => {
    const kind = target.kindOf(object);
    if (kind === undefined) throw new Error(object.kind);
    return pathOf(kind, object);
  };

  test('after it was applied, for every kind; and the next run rehearses none of them', async () => {
    const { objects: told } = await looked(server, target, objects);
    expect(told.filter((one) => !one.settled).map(objectName)).toEqual([]);
    expect(told).toHaveLength(33);
    const asked: string[] = [];
    const counting = {
      ...server,
      host: server.host,
      throwAway: true,
      kinds: server.kinds.bind(server),
      discover: server.discover.bind(server),
      ask: (of: Parameters<typeof server.ask>[0], signal?: AbortSignal) => {
        asked.push(of.method);
        return server.ask(of, signal);
      },
    };
    const mine = await openTarget({ server: counting, environment, formerly: [] });
    const { rehearsed } = await rehearse(mine, objects, { objects: told }, { takeOver: false }, silent);
    expect(asked).toEqual([]);
    expect((await applyAll(mine, rehearsed, '20261121130000', silent)).failures).toEqual([]);
    expect(asked).toEqual(objects.map(() => 'PATCH'));
    for (const object of objects) {
      expect([objectName(object), await settled(object)]).toEqual([objectName(object), true]);
      expect((await live(object)).metadata.labels?.['lockkeeper.dev/deployed-at']).toBe('20261121130000');
    }
  });

  const ways: Readonly<Record<string, (object: DesiredObject, now: Live, next: Live, path: Path) => Promise<number>>> = {
    'an update': async (object, _, next) =>
      (await server.ask({ method: 'PUT', path: `${pathTo(object)}?fieldManager=hand`, body: JSON.stringify(next) })).status,
    'a JSON patch of nobody in particular': async (object, _, next, path) => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string | number, unknown>)?.[key], next);
      const pointer = `/${path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`;
      const body = JSON.stringify([value === undefined ? { op: 'remove', path: pointer } : { op: 'replace', path: pointer, value }]);
      return (await server.ask({ method: 'PATCH', path: pathTo(object), body, type: 'application/json-patch+json' })).status;
    },
    'another manager’s apply': async (object, _, next) => {
      const { metadata, ...rest } = next;
      const own = { name: metadata.name, namespace: metadata.namespace, labels: metadata.labels, annotations: metadata.annotations };
      const body = JSON.stringify({ ...rest, status: undefined, metadata: own });
      return (
        await server.ask({
          method: 'PATCH',
          path: `${pathTo(object)}?fieldManager=other&force=true`,
          body,
          type: 'application/apply-patch+yaml',
        })
      ).status;
    },
  };

  /** What nobody owns, or cannot be another. */
  const isOwned = ([first, second]: Path): boolean => {
    if (first === 'apiVersion' || first === 'kind' || first === 'status' || first === 'stringData') return false;
    return first !== 'metadata' || (second !== undefined && !['name', 'namespace', 'creationTimestamp'].includes(String(second)));
  };
  const same = (a: Live, b: Live): boolean => isDeepStrictEqual([comparable(a), a.metadata.labels], [comparable(b), b.metadata.labels]);

  /** Whether applying it again, by force, would leave everything as it is. */
  async function isUntouched(object: DesiredObject, now: Live): Promise<boolean> {
    const kind = target.kindOf(object);
    const stamped = stamp(object, marksOf(target, object, '20261121130000', now.metadata.annotations?.[appliedAnnotation] ?? ''));
    if (kind === undefined || 'refused' in stamped) return false;
    const reply = await server.ask(applyRequest(kind, object, stamped.body, { force: true, dryRun: true }));
    return same(now, JSON.parse(reply.body) as Live);
  }

  const fewer = objects.filter(({ kind }) => /^(?:ConfigMap|Secret|Service|Deployment|Lease|Widget|PodTemplate)$/.test(kind));

  test.each([
    ['an update', objects],
    ['a JSON patch of nobody in particular', fewer],
    ['another manager’s apply', fewer],
  ])(
    'no more once a field of it was changed, or taken away, by %s',
    async (name, of) => {
      const change = ways[name];
      let tried = 0;
      for (const object of of) {
        for (const { path } of places(object.value).filter((one) => isOwned(one.path))) {
          for (const to of [other, () => undefined]) {
            const now = await live(object);
            const next = changed(now, path, to) as Live;
            if (isDeepStrictEqual(next, now) || change === undefined) continue;
            const status = await change(object, now, next, path);
            if (status >= 300) continue;
            const then = await live(object);
            const is = isSettled(object, then.metadata, environment);
            if (is)
              expect([objectName(object), path.join('.'), await isUntouched(object, then)]).toEqual([
                objectName(object),
                path.join('.'),
                true,
              ]);
            else tried += 1;
            if (!same(now, then) || !is) await restore(object, now);
            expect([objectName(object), path.join('.'), await settled(object)]).toEqual([objectName(object), path.join('.'), true]);
          }
        }
      }
      expect(tried).toBeGreaterThan(50);
    },
    600_000,
  );
});
