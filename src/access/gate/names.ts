import type { Person } from '../../domain/access-forge.ts';
import type { AccessSettings, Names } from '../settings.ts';
import type { Directory } from './evidence.ts';

/** A name of app.yml, taken apart: `@platform/leads`, `lead`, `lead#42`. */
export type Named =
  | { readonly kind: 'group'; readonly name: string }
  /** `id`: the only one that the name may stand for. */
  | { readonly kind: 'user'; readonly name: string; readonly id?: string };

export function toNamed(text: string): Named {
  if (text.startsWith('@')) return { kind: 'group', name: text.slice(1) };
  const [, name = text, id] = /^(.*)#([^#]*)$/s.exec(text) ?? [];
  return { kind: 'user', name, ...(id !== undefined && { id }) };
}

/** Whom names stand for now. */
export interface Entitled {
  /** Name by id. */
  readonly users: ReadonlyMap<string, string>;
  /** Names that stand for nobody, and why; whole sentences. */
  readonly problems: readonly string[];
}

/** Only active persons: whatever cannot be told to be one is nobody. */
export function entitled(names: Names, directory: Directory): Entitled {
  const users = new Map<string, string>();
  const problems: string[] = [];
  for (const named of names.map(toNamed)) {
    const found = named.kind === 'group' ? membersOf(named.name, directory) : personOf(named, directory);
    if (typeof found === 'string') problems.push(found);
    else for (const { id, name } of found) users.set(id, name);
  }
  return { users, problems };
}

function membersOf(group: string, { groups }: Directory): readonly { readonly id: string; readonly name: string }[] | string {
  const members = groups.get(group);
  if (members === undefined) return `There is no group ${group} at the forge.`;
  const persons = members.filter(({ bot }) => !bot);
  return persons.length > 0 ? persons : `The group ${group} has nobody in it.`;
}

function personOf({ name, id }: Extract<Named, { kind: 'user' }>, { people }: Directory): readonly [Person] | string {
  const person = people.get(name);
  const problem = noPerson(name, person);
  if (person === undefined || problem !== undefined) return problem ?? '';
  return id === undefined || person.id === id ? [person] : `${name} is user ${person.id} at the forge, and app.yml means user ${id}.`;
}

/** Why nobody acts under that name; undefined for an active person. */
export function noPerson(name: string, person: Person | undefined): string | undefined {
  if (person === undefined) return `There is no user ${name} at the forge.`;
  if (person.bot) return `${name} is no person.`;
  return person.active ? undefined : `${name} is blocked at the forge.`;
}

/** Every name that may decide on a request. */
export const decidingNames = (
  { users = [] }: Pick<AccessSettings, 'users'>,
  { approvers, requesters = [], breakGlass }: { approvers: Names; requesters?: Names; breakGlass?: { users: Names } },
): readonly Named[] => [...approvers, ...requesters, ...(breakGlass?.users ?? []), ...users].map(toNamed);
