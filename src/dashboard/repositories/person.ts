import type { Viewer } from '../../domain/site.ts';

/** Who looks, at the forge whose merge requests these are: by name, or why they have none there. */
export type Person = { readonly name: string } | { readonly why: string };

/** `forge`: its name in app.yml. */
export function personOf({ user }: Pick<Viewer, 'user'>, forge: string): Person {
  if (user === undefined) return { why: 'Choose at the top of the page who you are: what you write and approve here carries your name.' };
  if (user.forge === forge) return { name: user.name };
  return { why: `You are signed in with ${user.forge}, and what happens here carries the names of people of ${forge}.` };
}
