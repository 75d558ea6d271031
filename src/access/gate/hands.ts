import type { Hand, Person } from '../../domain/access-forge.ts';

/**
 * Whether a hand may be theirs. What a commit says of its author anybody can write, so it never proves who somebody is; that it may be theirs is
 * enough to keep them from approving it.
 */
export function mayBeOf({ user, name, email }: Hand, person: Person): boolean {
  if (user?.id === person.id) return true;
  const names = [person.name, ...(person.fullName === undefined ? [] : [person.fullName])].map(folded);
  if (name !== undefined && names.includes(folded(name))) return true;
  return email !== undefined && (person.emails.some((one) => folded(one) === folded(email)) || isHiddenEmail(email, person));
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/**
 * `ID+name@users.noreply.github.com`, `ID-name@users.noreply.gitlab.example.com`: https://docs.github.com/en/account-and-profile/reference/email-addresses-reference,
 * https://docs.gitlab.com/user/profile/#use-an-automatically-generated-private-commit-email
 */
function isHiddenEmail(email: string, { id, name }: Person): boolean {
  const { number, user } = /^(?:(?<number>\d+)[+-])?(?<user>[^@]+)@users\.noreply\./i.exec(email.trim())?.groups ?? {};
  return number === id || (user !== undefined && folded(user) === folded(name));
}

const verbs: Readonly<Record<Hand['how'], string>> = {
  opener: 'opened it',
  author: 'wrote a commit of it',
  committer: 'committed to it',
  pusher: 'pushed to it',
};

export const deedOf = ({ how }: Hand): string => verbs[how];
