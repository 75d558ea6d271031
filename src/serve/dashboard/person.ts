import { repositoryRef } from '../../config/repository.ts';
import type { Config } from '../../config/schema.ts';
import type { Forge } from '../../domain/forge.ts';
import type { SessionUser } from '../../http/login/login.ts';
import { type Identity, LoginRefused } from '../../http/login/provider.ts';

interface Whom {
  readonly forge: string;
  readonly identity: Identity;
  readonly config: Pick<Config, 'environments'>;
}

/** Whom the forge knows under that name, and that number where the provider told it. */
export async function personOf(
  connected: Pick<Forge, 'person'> | undefined,
  { forge, identity: { id, name }, config }: Whom,
): Promise<SessionUser> {
  const place = placesOf(config).find((one) => one.forge === forge);
  if (connected === undefined || place === undefined)
    throw new LoginRefused(`There is nothing to see for people of ${forge}: app.yml has no environment there.`);
  const person = await connected.person(place.path, name);
  if (person === undefined || person.bot)
    throw new LoginRefused(
      `${forge} knows no person with the user name ${name}: ask for an account there, or for another name at the provider.`,
    );
  if (id !== undefined && person.id !== id) throw new LoginRefused(`${forge} knows ${name} as somebody else than the provider does.`);
  if (!person.active) throw new LoginRefused(`The account ${name} at ${forge} is blocked.`);
  return { forge, id: person.id, name: person.name };
}

/** Where an account is looked for: GitHub wants an owner, the others nothing. */
const placesOf = ({ environments }: Pick<Config, 'environments'>) =>
  environments
    .map((one) => ('discover' in one ? one.discover.replace(/\/\*$/, '') : one.repository))
    .flatMap((text) => repositoryRef(text) ?? []);
