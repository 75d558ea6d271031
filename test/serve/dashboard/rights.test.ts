import type { Person } from '../../../src/domain/access-forge.ts';
import { OutsideError } from '../../../src/domain/errors.ts';
import { type RightsPorts, UserRights } from '../../../src/serve/dashboard/rights.ts';

const ada = { forge: 'gitlab', id: '7', name: 'ada' };
const account: Person = { id: '7', name: 'ada', bot: false, active: true, emails: [] };
const environment = (name: string, forge = 'gitlab') => ({ name, repository: { forge, path: `platform/${name}` } });

interface World {
  readonly rights: UserRights;
  readonly asked: string[];
  readonly told: string[];
  /** Seconds since the beginning. */
  at: number;
}

type ForgePorts = NonNullable<ReturnType<RightsPorts['forge']>>;

function world(change: Partial<ForgePorts> = {}, names = ['staging', 'production']): World {
  const [asked, told]: [string[], string[]] = [[], []];
  const forge: ForgePorts = {
    person: async () => account,
    mayRead: async () => true,
    mayWrite: async (path) => path === 'platform/staging',
    ...change,
  };
  const noted = <T>(what: string, answer: T): T => {
    asked.push(what);
    return answer;
  };
  const counting: ForgePorts = {
    person: async (path, name) => noted(`person ${name}`, forge.person(path, name)),
    mayRead: async (path, user) => noted(`read ${path}`, forge.mayRead(path, user)),
    mayWrite: async (path, user) => noted(`write ${path}`, forge.mayWrite(path, user)),
  };
  const self: World = {
    asked,
    told,
    at: 0,
    rights: new UserRights({
      forge: (name) => (name === 'gitlab' ? counting : undefined),
      environments: async () => [...names.map((name) => environment(name)), environment('elsewhere', 'github')],
      warn: (text) => told.push(text),
      now: () => new Date(self.at * 1000),
    }),
  };
  return self;
}

async function shown({ rights }: World, user = ada): Promise<Record<string, readonly string[]>> {
  const { sees, acts, all } = await rights.of(user);
  return { sees: [...sees], acts: [...acts], all };
}

const all = ['staging', 'production', 'elsewhere'];

test('who may read sees, who may push acts, and nobody of one forge sees what is at another', async () => {
  const at = world();
  expect(await shown(at)).toEqual({ sees: ['staging', 'production'], acts: ['staging'], all });
  expect(at.asked).toEqual(['person ada', 'write platform/staging', 'write platform/production', 'read platform/production']);
});

test.each<[string, Partial<ForgePorts>]>([
  ['blocked', { person: async () => ({ ...account, active: false }) }],
  ['gone', { person: async () => undefined }],
  ['a bot', { person: async () => ({ ...account, bot: true }) }],
  ['somebody else who took the name', { person: async () => ({ ...account, id: '8' }) }],
])('who is %s sees nothing, whatever the repositories say', async (_, change) => {
  expect(await shown(world({ ...change, mayWrite: async () => true }))).toEqual({ sees: [], acts: [], all });
});

test('what cannot be found out is a no, which is told, and takes nothing else away', async () => {
  const failing = (path: string) => Promise.reject(new OutsideError('gitlab', `looking at ${path}`));
  const at = world({ mayRead: failing, mayWrite: async (path) => path === 'platform/staging' || failing(path) });
  expect(await shown(at)).toEqual({ sees: ['staging'], acts: ['staging'], all });
  expect(at.told).toEqual([
    'asking gitlab whether ada may write platform/production, which counts as a no until it answers: looking at platform/production',
    'asking gitlab whether ada may read platform/production, which counts as a no until it answers: looking at platform/production',
  ]);
  expect(await shown(world({ person: () => failing('ada') }))).toEqual({ sees: [], acts: [], all });
});

test('an answer holds for a minute, then the forge is asked again', async () => {
  let active = true;
  const at = world({ person: async () => ({ ...account, active }) });
  await Promise.all([shown(at), shown(at)]);
  expect(at.asked).toHaveLength(4);
  active = false; // blocked meanwhile
  at.at = 59;
  expect((await shown(at))['sees']).toHaveLength(2);
  at.at = 60;
  expect((await shown(at))['sees']).toEqual([]);
});

test('what is known of one person is not taken for another', async () => {
  const at = world({ person: async (_, name) => ({ ...account, name, active: name === 'ada' }) });
  expect((await shown(at))['sees']).toHaveLength(2);
  expect((await shown(at, { ...ada, name: 'eve' }))['sees']).toEqual([]);
  expect((await shown(at, { ...ada, id: '8' }))['sees']).toEqual([]);
  expect((await shown(at, { ...ada, forge: 'gone' }))['sees']).toEqual([]);
});

test('the answers of a thousand people are remembered, and not more', async () => {
  const at = world({}, ['staging']);
  const people = Array.from({ length: 1000 }, (_, number) => ({ ...ada, name: `user-${number}` }));
  await shown(at);
  for (const user of people) await at.rights.of(user);
  at.asked.length = 0;
  await at.rights.of({ ...ada, name: 'user-999' });
  expect(at.asked).toEqual([]);
  await shown(at);
  expect(at.asked).toContain('person ada');
});

test('eight questions at once, however many environments there are', async () => {
  let [now, most] = [0, 0];
  const counted = async (): Promise<boolean> => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    return true;
  };
  const names = Array.from({ length: 40 }, (_, number) => `e${number}`);
  expect((await shown(world({ mayWrite: counted }, names)))['acts']).toHaveLength(40);
  expect(most).toBe(8);
});

test('environments that could not be found out are asked for again by the next page', async () => {
  let isBroken = true;
  const rights = new UserRights({
    forge: () => ({ person: async () => account, mayRead: async () => true, mayWrite: async () => true }),
    environments: async () => {
      if (isBroken) throw new OutsideError('the store', 'the store does not answer');
      return [environment('staging')];
    },
    warn: () => {},
    now: () => new Date(0),
  });
  await expect(rights.of(ada)).rejects.toThrow('does not answer');
  isBroken = false;
  expect([...(await rights.of(ada)).acts]).toEqual(['staging']);
});
