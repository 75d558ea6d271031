import { collection, pathOf } from '../../domain/api-path.ts';
import type { ServedKind } from '../../domain/cluster.ts';
import { OutsideError } from '../../domain/errors.ts';
import type { ObjectId } from '../../domain/finding.ts';
import { environmentLabel } from '../../domain/ownership.ts';
import { groupKind } from '../../manifests/identity.ts';
import { record } from '../../manifests/objects.ts';
import type { Target } from '../target.ts';
import { failed, type Health, type Metadata, readyBut, type Value } from './health/health.ts';
import { healthOf } from './health/health-of.ts';
import { answered, eachListed } from './list.ts';
import { selectorText } from './selector.ts';

/** An object, and how far it has come. */
export interface Looked {
  readonly object: ObjectId;
  readonly health: Health;
  /** Empty when it is not there. */
  readonly uid: string;
  /** Of its pods, as a query says it; empty where it has none. */
  readonly selector: string;
  /** What its newest pods have in the label that says of which version they are; empty where it has no such thing. */
  readonly revision: string;
}

export interface Look {
  readonly looked: readonly Looked[];
  /** What could not be looked at this time, and why. */
  readonly unseen: readonly { readonly objects: readonly ObjectId[]; readonly error: OutsideError }[];
}

/** Up to so many of a kind are asked for one by one, for each page that a list has; of more, all that are the environment's are listed. */
const few = 5;

/** Objects a page; definitions are large. */
const pageOf = (kind: ServedKind): number => (kind.kind === 'CustomResourceDefinition' ? 20 : 100);

/** Looks again and again how far objects have come, with as few requests as it can. */
export class Onlooker {
  readonly #target: Target;
  readonly #since: Date;
  /** The lists that were seen, by kind; no later one may be older. */
  readonly #lists = new Map<string, { readonly version: string; readonly pages: number }>();
  /** Storage classes whose claims wait for a pod; undefined while no claim made that a question. */
  #late: ReadonlySet<string> | undefined;
  #claimsWait = false;
  #justApplied = false;

  constructor(target: Target, since: Date) {
    this.#target = target;
    this.#since = since;
  }

  /** Throws the signal's reason when it fires, and nothing else. */
  async look(objects: readonly ObjectId[], justApplied: boolean, signal: AbortSignal): Promise<Look> {
    this.#justApplied = justApplied;
    if (this.#claimsWait && this.#late === undefined) this.#late = await this.#storageClasses(signal);
    const [looked, unseen]: [Looked[], { objects: readonly ObjectId[]; error: OutsideError }[]] = [[], []];
    const groups = Map.groupBy(objects, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    await Promise.all(
      [...groups.values()].map(async (group) => {
        try {
          looked.push(...(await this.#group(group, signal)));
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof OutsideError)) throw error;
          unseen.push({ objects: group, error });
        }
      }),
    );
    return { looked, unseen };
  }

  async #group(objects: readonly ObjectId[], signal: AbortSignal): Promise<readonly Looked[]> {
    const [first] = objects;
    const kind = first === undefined ? undefined : this.#target.kindOf(first);
    if (kind === undefined) return objects.map((object) => gone(object, failed('the cluster does not serve its kind any more')));
    const singly = objects.length <= few * (this.#lists.get(kindKey(kind))?.pages ?? 1);
    const listed = singly ? new Map<string, Looked>() : await this.#list(kind, objects, signal);
    return Promise.all(objects.map(async (object) => listed.get(pathOf(kind, object)) ?? this.#one(kind, object, signal)));
  }

  async #list(kind: ServedKind, objects: readonly ObjectId[], signal: AbortSignal): Promise<ReadonlyMap<string, Looked>> {
    const wanted = new Map(objects.map((object) => [pathOf(kind, object), object]));
    const found = new Map<string, Looked>();
    const version = this.#lists.get(kindKey(kind))?.version;
    let size = 0;
    const query = {
      labelSelector: `${environmentLabel}=${this.#target.environment}`,
      ...(version === undefined ? {} : { resourceVersion: version, resourceVersionMatch: 'NotOlderThan' }),
    };
    const take = (value: Value): void => {
      size += 1;
      const { name = '', namespace = '' } = record(value['metadata']) as { readonly name?: string; readonly namespace?: string };
      const path = pathOf(kind, { namespace, name });
      const object = wanted.get(path);
      if (object !== undefined) found.set(path, this.#judged(object, value));
    };
    const path = collection({ ...kind, namespaced: false }, ''); // of all namespaces at once
    const seen = await eachListed(this.#target, { path, query, page: pageOf(kind) }, take, signal);
    this.#lists.set(kindKey(kind), { version: seen, pages: Math.ceil(size / pageOf(kind)) });
    return found;
  }

  async #one(kind: ServedKind, object: ObjectId, signal: AbortSignal): Promise<Looked> {
    const { server, turns } = this.#target;
    const path = pathOf(kind, object);
    const reply = await turns(() => server.ask({ method: 'GET', path }, signal));
    if (reply.status === 404) return gone(object, absent(object));
    return this.#judged(object, answered(server.host, path, reply));
  }

  #judged(object: ObjectId, value: Value): Looked {
    const bindsLate = (storageClass: string): boolean => {
      this.#claimsWait = true;
      return this.#late?.has(storageClass) ?? false;
    };
    const { uid = '', annotations } = (value as { readonly metadata?: Metadata }).metadata ?? {};
    const { updateRevision } = record(value['status']);
    const revision =
      typeof updateRevision === 'string' ? updateRevision : (annotations?.['deprecated.daemonset.template.generation'] ?? '');
    const health = healthOf(object, value, { since: this.#since, bindsLate, justApplied: this.#justApplied });
    return { object, health, uid, selector: selectorText(record(value['spec'])['selector']), revision };
  }

  /** Those that wait for the first pod; none where they cannot be seen: their claims are waited for then. */
  async #storageClasses(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const late = new Set<string>();
    const take = ({ metadata, volumeBindingMode }: Value): void => {
      if (volumeBindingMode === 'WaitForFirstConsumer') late.add(String(record(metadata)['name']));
    };
    const path = '/apis/storage.k8s.io/v1/storageclasses';
    await eachListed(this.#target, { path, query: {}, page: 500 }, take, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      if (!(error instanceof OutsideError)) throw error;
    });
    return late;
  }
}

const kindKey = ({ apiVersion, plural }: ServedKind): string => `${apiVersion}/${plural}`;

const gone = (object: ObjectId, health: Health): Looked => ({ object, health, uid: '', selector: '', revision: '' });

/** A Job may be removed once it has ended: https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/ */
const absent = (object: ObjectId): Health =>
  groupKind(object) === 'batch/Job'
    ? readyBut('it is gone, as a Job is that has ended and has a ttlSecondsAfterFinished; how it ended cannot be seen any more')
    : failed('it is not there any more: somebody else has deleted it');
