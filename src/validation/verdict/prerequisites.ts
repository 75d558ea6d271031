import { createHash } from 'node:crypto';
import { collection } from '../../domain/api-path.ts';
import { statusOf } from '../../domain/api-status.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import { groupDefined, kindsOf } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { jsonOf } from '../../manifests/kubernetes-value.ts';
import type { Claim, Made } from './claims.ts';
import { ours } from './kinds.ts';
import { establish, Thing, until } from './standing.ts';

const mark = { labels: { [ours]: 'true' } };

/** Everywhere the same and empty, so that all can share it: what the set says of its namespace is judged beside it. */
export function namespaceClaim(server: ApiServer, name: string, labels: Readonly<Record<string, string>> = {}): Claim {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { ...mark.labels, ...labels } } };
  return claimOf(new Thing(server, '/api/v1/namespaces', name, JSON.stringify(body)), JSON.stringify(labels));
}

function claimOf(thing: Thing, content: string): Claim {
  return { key: thing.path, content, make: () => thing.make(), remove: () => thing.remove() };
}

/**
 * One claim per API group: names of kinds must differ within a group, so that two sets with different definitions of one group cannot stand side
 * by side even when these have different names.
 */
export function definitionClaims(server: ApiServer, definitions: readonly DesiredObject[]): Claim[] {
  return [...Map.groupBy(definitions, groupDefined)].map(([group, of]) => definitionsOf(server, group, of));
}

function definitionsOf(server: ApiServer, group: string, definitions: readonly DesiredObject[]): Claim {
  const things = definitions.map(
    (definition) => new Thing(server, definitionPath, definition.name, jsonOf(standalone(definition)), served(definition)),
  );
  return {
    key: `/apis/${group}`,
    content: definitions.map(({ body }) => createHash('sha256').update(body).digest('base64')).join(' '),
    make: async () => {
      const all = await settled(things.map(define));
      const messages = all.flatMap((made) => (made.kind === 'refused' ? [...made.messages] : []));
      if (messages.length > 0) return { kind: 'refused', messages: new Map(messages) };
      const theirs = all.flatMap((made) => (made.kind === 'theirs' ? [made] : []));
      return theirs.length === 0 ? { kind: 'ours' } : { kind: 'theirs', others: theirs.flatMap(({ others = [] }) => others) };
    },
    remove: async () => {
      await settled(things.map((thing) => thing.remove()));
    },
  };
}

/** All of them, to their ends, before the first failure is thrown. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function define(thing: Thing): Promise<Made> {
  const made = await thing.make();
  if (made.kind === 'theirs') return (await thing.wouldChange()) ? { kind: 'theirs', others: [thing.name] } : made;
  if (made.kind !== 'ours') return made;
  const refused = await establish(thing.server, thing.path, thing.serves);
  return refused === undefined ? made : { kind: 'refused', messages: new Map([[thing.name, refused]]) };
}

const served = (definition: DesiredObject): string[] => kindsOf(definition).flatMap((kind) => (kind.served ? [collection(kind, '')] : []));

/** Without its webhook, which nobody answers here, and without what would keep it from going away again. */
function standalone({ value }: DesiredObject): object {
  const { name, annotations } = (value['metadata'] ?? {}) as { readonly name?: unknown; readonly annotations?: unknown };
  const spec = typeof value['spec'] === 'object' ? value['spec'] : {};
  return { ...value, metadata: { name, annotations, ...mark }, spec: { ...spec, conversion: { strategy: 'None' } }, status: undefined };
}

/** Only what the admission of a bare pod reads of them; a default for everybody would reach into other validations. */
const classFields = {
  PriorityClass: { path: '/apis/scheduling.k8s.io/v1/priorityclasses', fields: ['value', 'preemptionPolicy'] },
  RuntimeClass: { path: '/apis/node.k8s.io/v1/runtimeclasses', fields: ['handler', 'overhead', 'scheduling'] },
} as const;

/** The classes of the set that its bare pods name. */
export function classClaims(server: ApiServer, objects: readonly DesiredObject[]): Claim[] {
  const specs = objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Pod').map(({ value }) => value['spec']);
  const named = new Set(
    (specs as readonly (Readonly<Record<string, unknown>> | undefined)[]).flatMap((spec) => [
      `PriorityClass ${String(spec?.['priorityClassName'])}`,
      `RuntimeClass ${String(spec?.['runtimeClassName'])}`,
    ]),
  );
  return objects.flatMap((object) => {
    const { kind, name, apiVersion, value } = object;
    if ((kind !== 'PriorityClass' && kind !== 'RuntimeClass') || !named.has(`${kind} ${name}`)) return [];
    const { path, fields } = classFields[kind];
    const body = jsonOf({
      apiVersion,
      kind,
      metadata: { name, ...mark },
      ...Object.fromEntries(fields.map((field) => [field, value[field]])),
    });
    const thing = new Thing(server, path, name, body);
    return [{ ...claimOf(thing, body), make: () => makeClass(thing, kind) }];
  });
}

/** Admission learns of a new class a moment after it was made. */
async function makeClass(thing: Thing, kind: keyof typeof classFields): Promise<Made> {
  const made = await thing.make();
  if (made.kind !== 'ours') return made;
  const spec = {
    [kind === 'PriorityClass' ? 'priorityClassName' : 'runtimeClassName']: thing.name,
    containers: [{ name: 'a', image: 'a' }],
  };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pod' }, spec });
  await until(thing.server, `${thing.path} was not known`, async () => {
    const reply = await thing.server.ask({ method: 'POST', path: '/api/v1/namespaces/default/pods?dryRun=All', body, verdictOnly: true });
    const { message } = statusOf(reply);
    const isUnknown = message.includes('no PriorityClass with name') || (message.includes('RuntimeClass') && message.includes('not found'));
    return reply.status === 403 && isUnknown ? undefined : true;
  });
  return made;
}
