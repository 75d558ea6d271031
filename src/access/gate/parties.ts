import type { AccessRequest } from '../../domain/access.ts';
import type { Hand, Person } from '../../domain/access-forge.ts';
import type { ForgeUser } from '../../domain/forge-user.ts';
import type { AccessRules, AccessSettings, Names } from '../settings.ts';
import type { Evidence } from './evidence.ts';
import { deedOf, mayBeOf } from './hands.ts';
import { entitled, noPerson, toNamed } from './names.ts';

/** Those for whom it is, or who asked for it: what they are to it, by id. Nobody of them approves it. */
export function partiesOf(request: AccessRequest, evidence: Evidence, settings: AccessSettings): ReadonlyMap<string, string> {
  const { reviews, asker, directory, hands } = evidence;
  const { subject } = request;
  const user = subject.kind === 'user' ? directory.people.get(subject.name) : undefined;
  return new Map<string, string>([
    ...hands.flatMap((hand) => (hand.user === undefined ? [] : [[hand.user.id, deedOf(hand)] as const])),
    [reviews.author.id, 'opened it'],
    ...(asker === undefined ? [] : [[asker.user.id, 'asked for it'] as const]),
    ...membersOf(subject, evidence, settings).map(({ id }) => [id, `is in ${subject.name}, whom it is for`] as const),
    ...(user === undefined ? [] : [[user.id, 'is whom it is for'] as const]),
  ]);
}

function membersOf(subject: AccessRequest['subject'], { directory }: Evidence, { groups }: AccessSettings): readonly ForgeUser[] {
  const group = subject.kind === 'group' && Object.hasOwn(groups, subject.name) ? groups[subject.name] : undefined;
  return group === undefined ? [] : (directory.groups.get(toNamed(group).name) ?? []);
}

/** Why those who are named cannot ask for this, or be given it; whole sentences. */
export function unfit(request: AccessRequest, rules: AccessRules, evidence: Evidence, settings: AccessSettings): readonly string[] {
  return [
    ...unfitSubject(request, evidence, settings),
    ...unfitAsker(rules, evidence),
    ...strangers(evidence),
    ...(request.breakGlass ? unfitAlone(request, rules, evidence) : []),
  ];
}

function unfitSubject({ subject }: AccessRequest, { directory }: Evidence, settings: AccessSettings): readonly string[] {
  if (subject.kind === 'group') {
    const group = Object.hasOwn(settings.groups, subject.name) ? settings.groups[subject.name] : undefined;
    // Without its members nobody can tell who would approve access of their own.
    if (group === undefined || directory.groups.get(toNamed(group).name) !== undefined) return [];
    return [`There is no group ${toNamed(group).name} at the forge, which app.yml has for ${subject.name}.`];
  }
  const person = directory.people.get(subject.name);
  const problem = noPerson(subject.name, person);
  if (problem !== undefined) return [problem];
  // Kubernetes tells capitals apart, forges do not.
  if (person !== undefined && person.name !== subject.name)
    return [`The user is called ${person.name}, and the file says ${subject.name}.`];
  return isAmong(settings.users, person, { directory }) ? [] : [`${subject.name} may not be given access (access.users in app.yml).`];
}

/** Without names, everybody is. */
const isAmong = (names: Names | undefined, person: ForgeUser | undefined, { directory }: Pick<Evidence, 'directory'>): boolean =>
  names === undefined || (person !== undefined && entitled(names, directory).users.has(person.id));

function unfitAsker({ requesters }: AccessRules, evidence: Evidence): readonly string[] {
  const { asker, reviews } = evidence;
  if (asker === undefined)
    return [
      reviews.author.bot
        ? `${reviews.author.name} opened it, and nobody is named who asked for it: a person must ask.`
        : `Nobody knows ${reviews.author.name}, who opened it.`,
    ];
  const problem = noPerson(asker.user.name, asker.user);
  if (problem !== undefined) return [problem];
  if (requesters === undefined) return asker.mayWrite ? [] : [`${asker.user.name} asks for it, and may not push to this repository.`];
  return isAmong(requesters, asker.user, evidence) ? [] : [`${asker.user.name} may not ask for it (access.requesters in app.yml).`];
}

/** Behind a token may stand anybody, one who approves it too. */
function strangers({ hands, request, reviews: { author } }: Evidence): readonly string[] {
  const bots = hands.flatMap(({ user, ...hand }) =>
    user?.bot === true && !(request.ours === true && user.id === author.id) ? [[user.name, deedOf(hand)] as const] : [],
  );
  return [...new Set(bots.map(([name, deed]) => `${name}, which is no person, ${deed}: nobody can tell who that was.`))];
}

/** Who needs no approval does all of it in person. */
function unfitAlone({ subject }: AccessRequest, { breakGlass }: AccessRules, evidence: Evidence): readonly string[] {
  const { directory, reviews, hands, asker } = evidence;
  const person = subject.kind === 'user' ? directory.people.get(subject.name) : undefined;
  if (person === undefined || breakGlass === undefined) return [];
  const isAsked = reviews.author.bot && asker?.user.id === person.id; // the bot wrote what they asked for
  const writers = isAsked ? [person, botOf(evidence)] : [person];
  const other = hands.find((hand) => !isForge(hand) && !writers.some((writer) => mayBeOf(hand, writer)));
  return [
    ...(isAmong(breakGlass.users, person, evidence)
      ? []
      : [`${person.name} may not open access without an approval (breakGlass.users in app.yml).`]),
    ...(reviews.author.id === person.id || isAsked
      ? []
      : [`Without an approval ${person.name} has to open it in person, and ${reviews.author.name} did.`]),
    ...(other === undefined ? [] : [`Without an approval it has to be ${person.name}'s alone, and ${nameOf(other)} ${deedOf(other)}.`]),
  ];
}

/** As its commits name it. */
const botOf = ({ reviews: { author }, directory }: Evidence): Person =>
  directory.people.get(author.name) ?? { ...author, active: true, emails: [] };

/** GitHub itself commits what is written in its pages: https://docs.github.com/en/authentication/managing-commit-signature-verification/about-commit-signature-verification */
const isForge = ({ how, user }: Hand): boolean => how === 'committer' && user?.name === 'web-flow';

const nameOf = ({ user, name, email }: Hand): string => user?.name ?? name ?? email ?? 'somebody';
