import { userInfo } from 'node:os';
import type { Config } from '../../config/schema.ts';
import type { Forge } from '../../domain/forge.ts';
import type { Viewer } from '../../domain/site.ts';
import type { Entrance } from '../../http/login/entrance.ts';
import { localEntrance } from '../../http/login/local.ts';

type Known = Omit<Viewer, 'token'>;

/** Whoever works on the machine itself may do there what the command line does, and, as its files are theirs, in the name of anybody of the local forge. */
export function machineEntrance({ forges, access }: Pick<Config, 'forges' | 'access'>, connected: ReadonlyMap<string, Forge>): Entrance {
  const { username } = userInfo();
  const [forge] = Object.entries(forges).flatMap(([name, { type }]) => (type === 'local' && connected.has(name) ? [name] : []));
  const everything = { sees: () => true, acts: () => true };
  const way = forge === undefined ? {} : { way: { kind: 'machine', people: peopleIn(access) } as const };
  const machine: Known = { name: username, actor: username, ...everything, ...way };
  return localEntrance({
    machine,
    async as(name) {
      if (forge === undefined) return undefined;
      const person = await connected.get(forge)?.person('', name);
      return person === undefined || person.bot
        ? undefined
        : { ...machine, name, actor: `${forge}:${name}`, user: { forge, id: person.id, name } };
    },
    now: () => new Date(),
  });
}

/** Whom app.yml names. */
function peopleIn({ approvers, requesters = [], users = [], breakGlass, policies }: Config['access']): readonly string[] {
  const named = [
    approvers,
    requesters,
    users,
    breakGlass?.users ?? [],
    ...policies.flatMap((one) => [one.approvers ?? [], one.requesters ?? []]),
  ];
  const people = named.flat().flatMap((name) => (name.startsWith('@') ? [] : [name.replace(/#\d+$/, '')]));
  return [...new Set(people)].toSorted();
}
