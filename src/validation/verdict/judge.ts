import pLimit from 'p-limit';
import type { ChecklistSettings } from '../../domain/checklist.ts';
import { checklistRules } from '../../domain/checklist.ts';
import type { ApiServer } from '../../domain/cluster.ts';
import type { Finding } from '../../domain/finding.ts';
import { groupDefined, isDefinition, kindsOf } from '../../manifests/definitions.ts';
import type { DesiredObject } from '../../manifests/desired-object.ts';
import { groupOf } from '../../manifests/identity.ts';
import { helpFor } from '../../plan/help.ts';
import type { Known } from '../set/dangling.ts';
import type { Claim, Made } from './claims.ts';
import { found } from './found.ts';
import { Kinds, keyOf as kindKey } from './kinds.ts';
import { missingNamespaces } from './namespaces.ts';
import { judgeObject } from './one-object.ts';
import { type Guarded, guardClaim, guarded, judgePods } from './pod-security.ts';
import { classClaims, definitionClaims, namespaceClaim } from './prerequisites.ts';
import { type Change, changesIn, judgeChange } from './update.ts';
import { type Warm, warm } from './warm.ts';

export interface VerdictSettings {
  /** What it is when a custom resource cannot be checked. */
  readonly missingDefinitions: 'warning' | 'error';
  /** Definitions that clusters have and the set does not hold; they are not judged themselves. */
  readonly definitions: readonly DesiredObject[];
  readonly checklist?: ChecklistSettings;
  /** What the environment's cluster has of the namespaces that the set does not hold. */
  readonly known?: Known | undefined;
}

interface Wanted {
  readonly objects: readonly DesiredObject[];
  /** The same environment as it is now, so that what cannot change is found. Not judged itself. */
  readonly previous?: readonly DesiredObject[];
}

/** Objects judged at once: a few more than requests in flight, so that the server never waits for us. */
const atOnce = 16;

/**
 * Everything that the server has against a set of objects, by file and line. Sets are judged side by side on one server and do not see one
 * another; nothing of them is left there. Throws OutsideError where the server cannot be asked, and the reason of `signal`. `busy` is called
 * once the server has all its hands full.
 */
export async function judge(
  state: Wanted,
  server: ApiServer,
  settings: VerdictSettings,
  signal: AbortSignal,
  busy: () => void = () => {},
): Promise<readonly Finding[]> {
  const own = await warm(server, signal);
  const fed = settings.definitions.filter((one) => server.throwAway || !kindsOf(one).some((kind) => own.kinds.has(kindKey(kind))));
  const definitions = definitionsFor(state.objects, fed);
  const pods = guarded(state.objects);
  const known = new Kinds(own.kinds, definitions, settings.missingDefinitions);
  const used = state.objects.filter((object) => known.inNamespace(object));
  const claims = claimsOf(state.objects, { server, definitions, pods, namespaces: used.map(({ namespace }) => namespace) });
  const held = await own.claims.take(claims, signal);
  try {
    const refused = new Map([...held.made].flatMap(([, made]) => (made.kind === 'refused' ? [...made.messages] : [])));
    const kinds = new Kinds(own.kinds, definitions, settings.missingDefinitions, unusable(held.made));
    const findings = await judged(state, { server, own, kinds, settings, pods, signal, busy });
    return sorted([
      ...findings,
      ...missingNamespaces(used, state.objects, held.made, settings.known),
      ...refusedDefinitions(state.objects, refused, findings),
    ]);
  } finally {
    // The verdict stands without it: what is left is taken away by the next who claims it.
    await held.release().catch(() => undefined);
  }
}

/** Definitions that nothing can be judged by, and why. */
function unusable(made: ReadonlyMap<string, Made>): ReadonlyMap<string, string> {
  return new Map(
    [...made.values()].flatMap((one): (readonly [string, string])[] => {
      if (one.kind === 'refused') return [...one.messages.keys()].map((name) => [name, `its definition ${name} was refused.`]);
      if (one.kind === 'ours') return [];
      return (one.others ?? []).map((name) => [name, `the cluster has another definition ${name} than this environment.`]);
    }),
  );
}

/** The set's own, and those from elsewhere that it uses; one of each name. */
function definitionsFor(objects: readonly DesiredObject[], others: readonly DesiredObject[]): DesiredObject[] {
  const own = objects.filter(isDefinition);
  const defined = new Set(own.map(({ name }) => name));
  const used = new Set(objects.map(({ apiVersion }) => groupOf(apiVersion)));
  const fed = others.filter((other) => isDefinition(other) && !defined.has(other.name) && used.has(groupDefined(other)));
  return [...new Map([...own, ...fed].map((one) => [one.name, one])).values()];
}

interface Needs {
  readonly server: ApiServer;
  readonly definitions: readonly DesiredObject[];
  readonly pods: readonly Guarded[];
  readonly namespaces: readonly string[];
}

function claimsOf(objects: readonly DesiredObject[], { server, definitions, pods, namespaces }: Needs): Claim[] {
  const all = [
    ...namespaces.map((name) => namespaceClaim(server, name)),
    ...definitionClaims(server, definitions),
    ...classClaims(server, objects),
    ...pods.map((one) => guardClaim(server, one)),
  ];
  return [...new Map(all.map((claim) => [claim.key, claim])).values()];
}

interface Work {
  readonly server: ApiServer;
  readonly own: Warm;
  readonly kinds: Kinds;
  readonly settings: VerdictSettings;
  readonly pods: readonly Guarded[];
  readonly signal: AbortSignal;
  readonly busy: () => void;
}

/** Ends when nothing is under way any more, also where something failed. */
async function judged(state: Wanted, { server, own, kinds, settings, pods, signal: outer, busy }: Work): Promise<Finding[]> {
  const failed = new AbortController();
  const signal = AbortSignal.any([outer, failed.signal]);
  const limit = pLimit(atOnce);
  const judging = {
    server,
    schemas: own.schemas,
    deprecated: settings.checklist?.['deprecated-api'] ?? checklistRules['deprecated-api'],
    signal,
  };
  const aside = own.aside();
  const tasks = [
    ...state.objects.map((object) => async () => {
      const lookup = kinds.find(object);
      return 'missing' in lookup ? [found(object, lookup.missing, ['apiVersion'])] : judgeObject(object, lookup.kind, judging);
    }),
    ...pods.map((one) => () => judgePods(server, one, signal)),
  ];
  const run = (task: () => Promise<Finding[]>): Promise<Finding[]> =>
    limit(async () => {
      signal.throwIfAborted();
      return task().catch((error: unknown) => {
        failed.abort(error);
        throw error;
      });
    });
  const kindOf = (object: DesiredObject) => {
    const lookup = kinds.find(object);
    return 'kind' in lookup ? lookup.kind : undefined;
  };
  const changes = server.throwAway ? changesIn(state.objects, state.previous ?? [], kindOf) : [];
  const running = [...tasks.map(run), ...(changes.length === 0 ? [] : [judgeChanges(changes, server, own, aside, run, signal)])];
  busy();
  await Promise.allSettled(running);
  signal.throwIfAborted();
  return (await Promise.all(running)).flat();
}

type Run = (task: () => Promise<Finding[]>) => Promise<Finding[]>;

async function judgeChanges(
  changes: readonly Change[],
  server: ApiServer,
  own: Warm,
  aside: string,
  run: Run,
  signal: AbortSignal,
): Promise<Finding[]> {
  const held = await own.claims.take([namespaceClaim(server, aside)], signal);
  try {
    const running = changes.map((change) => run(() => judgeChange(server, change, aside, signal)));
    await Promise.allSettled(running);
    return (await Promise.all(running)).flat();
  } finally {
    await held.release();
  }
}

/** A definition that is well formed alone, and clashes with another. */
function refusedDefinitions(objects: readonly DesiredObject[], refused: ReadonlyMap<string, string>, known: readonly Finding[]): Finding[] {
  const said = new Set(
    known.flatMap(({ object, severity }) => (severity === 'error' && object?.kind === 'CustomResourceDefinition' ? [object.name] : [])),
  );
  return objects.filter(isDefinition).flatMap((definition) => {
    const message = refused.get(definition.name);
    if (message === undefined || said.has(definition.name)) return [];
    const help = helpFor(message);
    return [found(definition, { severity: 'error', rule: 'api-server', message, ...(help === undefined ? {} : { help }) })];
  });
}

const sorted = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
