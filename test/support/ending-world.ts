import { endGrants } from '../../src/access/end/end.ts';
import type { Alarm, Ended, EndForge, EndPlace, EndPorts, KnownGrants, Live } from '../../src/access/end/ports.ts';
import { type Revocation, revokeGrant } from '../../src/access/end/revoke.ts';
import type { Grant, GrantRecord } from '../../src/domain/access.ts';
import { OutsideError } from '../../src/domain/errors.ts';
import { createJournal } from '../../src/journal/record.ts';
import { grantOf } from './builders/grants.ts';
import type { localFixture } from './local-fixture.ts';
import { memoryJournal } from './memory-journal.ts';

type Fixture = ReturnType<typeof localFixture>;

const place: EndPlace = { environment: 'production', path: 'environments/production' };
const file = 'access/billing/alice.yml';

/** Dies at the step of that number, with or without its effect; nothing is done after that. */
export interface Death {
  readonly step: number;
  readonly after: boolean;
}

/** One environment on a real local forge in which alice's grant was merged and given; journal, memory and cluster are played. */
export async function endingWorld(
  fixture: Fixture,
  now: () => Date,
  of: { readonly cluster?: EndPorts['cluster']; readonly grant?: Partial<Grant> } = {},
) {
  const { forge } = fixture;
  const { path } = place;
  await fixture.createRepository(path, { 'manifests/a.yaml': 'a: 1\n' });
  await fixture.pushAsPerson(path, 'please', { [file]: 'user: alice\n' }, 'please');
  const request = await fixture.openAsPerson(path, 'please', 'access: alice, admin of billing for 2h');
  await fixture.mergeAsPerson(path, request);

  const files = async (): Promise<Readonly<Record<string, string>>> => {
    const { commit } = await forge.state(path);
    return Object.fromEntries((await forge.entries(path, commit, 'access')).map((entry) => [entry.path, entry.id]));
  };
  const { url } = await forge.gatedRequest(path, request);
  const grant = grantOf({ repository: `local:${path}`, request, url, file, blob: (await files())[file] ?? '', ...of.grant });
  const state = {
    known: [{ grant, state: 'active' }] as readonly GrantRecord[],
    /** As landing last read them; undefined: never. */
    files: (await files()) as KnownGrants['files'],
    others: [] as readonly KnownGrants[],
    live: [{ id: grant.id, namespace: grant.namespace, binding: { uid: 'u1' } }] as readonly Live[],
    /** A binding without our label. */
    hidden: false,
    edited: undefined as string | undefined,
    /** Why the forge merges nothing. */
    refuses: undefined as string | undefined,
    /** Neither the cluster nor the forge answers. */
    silent: { cluster: false, forge: false },
  };
  const journal = memoryJournal();
  const told = { ended: [] as Ended[], reminders: [] as number[], alarms: [] as Alarm[], took: [] as number[], problems: [] as string[] };

  const answering = (who: keyof typeof state.silent): void => {
    if (state.silent[who]) throw new OutsideError(who, `the ${who} does not answer`);
  };
  const cluster: EndPorts['cluster'] = {
    live: async () => {
      answering('cluster');
      return state.live;
    },
    differs: () => state.edited,
    isHidden: async () => state.hidden,
    isEnding: () => false,
    take: async ({ id, namespace }) => {
      answering('cluster');
      state.live = state.live.filter((one) => one.id !== id || one.namespace !== namespace);
      return { goneAt: now() };
    },
  };
  const remember: EndPorts['remember'] = async (id, change) => {
    state.known = state.known.map((one) => (one.grant.id === id ? change(one) : one));
  };
  /** What one process works with. */
  const ports = (death?: Death): EndPorts & { died(): boolean } => {
    const { mortal, died } = dying(death);
    const merge: EndForge['merge'] = async (...asked) =>
      state.refuses === undefined ? forge.merge(...asked) : { outcome: 'refused', reason: state.refuses };
    const writing = mortal<EndForge>({ ...forge, merge });
    return {
      forge: new Proxy(writing, {
        get: (target, name) => {
          answering('forge');
          return Reflect.get(target, name) as unknown;
        },
      }),
      cluster: mortal(of.cluster ?? cluster, ['differs', 'isEnding']),
      journal: mortal(createJournal(() => journal, now)),
      news: mortal(
        {
          reminder: async (_: Grant, left: number) => void told.reminders.push(left),
          ended: async (end: Ended) => void told.ended.push(end),
          alarm: async (alarm: Alarm) => void told.alarms.push(alarm),
          took: (_: Grant, seconds: number) => void told.took.push(seconds),
          problem: (text: string) => void told.problems.push(text),
        },
        ['took', 'problem'],
      ),
      ...mortal({
        known: async (): Promise<KnownGrants> => ({ grants: state.known, ...(state.files !== undefined && { files: state.files }) }),
        others: async () => state.others,
        remember,
      }),
      now,
      died,
    };
  };
  const signal = new AbortController().signal;
  return {
    ...fixture,
    path,
    file,
    grant,
    request,
    state,
    told,
    record: () => state.known.find((one) => one.grant.id === grant.id),
    entries: (): readonly Readonly<Record<string, unknown>>[] =>
      journal.kept.map(({ kind, actor, why, facts }) => ({ kind, actor, why, ...facts })),
    /** As landing does before it ends anything. */
    reads: async () => {
      state.files = await files();
    },
    /** Gives whether the process died. */
    pass: (death?: Death) => lived(ports(death), (of) => endGrants(of, place, signal)),
    revoke: (revocation: Omit<Revocation, 'id'>, id = grant.id) => revokeGrant(ports(), place, { id, ...revocation }, signal),
    revokeAndDie: (revocation: Omit<Revocation, 'id'>, death?: Death) =>
      lived(ports(death), (of) => revokeGrant(of, place, { id: grant.id, ...revocation }, signal)),
  };
}

async function lived(ports: EndPorts & { died(): boolean }, work: (ports: EndPorts) => Promise<unknown>): Promise<boolean> {
  try {
    await work(ports);
  } catch (error) {
    if (!ports.died()) throw error;
  }
  return ports.died();
}

/** Counts the calls of everything that is made mortal, and fails all of them from that step on. */
function dying(death: Death | undefined) {
  let steps = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new OutsideError('the process', 'is dead');
  };
  const mortal = <T extends object>(of: T, immortal: readonly (keyof T)[] = []): T =>
    new Proxy(of, {
      get: (target, name) => {
        const real: unknown = Reflect.get(target, name);
        if (typeof real !== 'function' || immortal.includes(name as keyof T)) return real;
        return async (...args: unknown[]): Promise<unknown> => {
          steps += 1;
          const isLast = steps === death?.step;
          if (dead || (isLast && !death.after)) die();
          const result: unknown = await Reflect.apply(real, target, args);
          return isLast ? die() : result;
        };
      },
    });
  return { mortal, died: () => dead };
}
