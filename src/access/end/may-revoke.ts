import type { Grant } from '../../domain/access.ts';
import type { Forge } from '../../domain/forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { Directory } from '../gate/evidence.ts';
import { entitled, toNamed } from '../gate/names.ts';
import { type AccessSettings, type Names, rulesFor } from '../settings.ts';

/** Whoever may approve it at this moment may end it, and so may whoever holds it. Throws OutsideError where the forge cannot be asked. */
export async function mayRevoke(
  forge: Pick<Forge, 'person' | 'members'>,
  path: string,
  { grant, settings }: { readonly grant: Grant; readonly settings: AccessSettings },
  who: ForgeUser,
): Promise<boolean> {
  if (who.bot) return false;
  const { environment, namespace, level } = grant;
  const names = [...rulesFor(settings, environment, namespace, level).approvers, ...holders(grant, settings)];
  return entitled(names, await directoryOf(forge, path, names)).users.has(who.id);
}

function holders({ subject: { kind, name } }: Grant, { groups }: AccessSettings): Names {
  if (kind === 'user') return [name];
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  return group === undefined ? [] : [group];
}

async function directoryOf(forge: Pick<Forge, 'person' | 'members'>, path: string, names: Names): Promise<Directory> {
  const [people, groups]: [Map<string, Awaited<ReturnType<Forge['person']>>>, Map<string, readonly ForgeUser[] | undefined>] = [
    new Map(),
    new Map(),
  ];
  for (const { kind, name } of names.map(toNamed))
    if (kind === 'user') people.set(name, await forge.person(path, name));
    else groups.set(name, await forge.members(path, name));
  return { people, groups };
}
