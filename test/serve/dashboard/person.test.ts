import type { Person } from '../../../src/domain/access-forge.ts';
import { LoginRefused } from '../../../src/http/login/provider.ts';
import { personOf } from '../../../src/serve/dashboard/person.ts';

const ada: Person = { id: '7', name: 'ada', bot: false, active: true, emails: [] };
const environments = [{ discover: 'gitlab:platform/*' }, { name: 'a', repository: 'github:acme/a' }];
const config = { environments } as unknown as Parameters<typeof personOf>[1]['config'];
const knowing = (person: Person | undefined) => ({ person: async () => person });

test.each([
  ['with the number that the forge gives', { name: 'ada' }],
  ['with the number that the provider gives, too', { name: 'ada', id: '7' }],
])('somebody whom the forge knows comes in %s', async (_, identity) => {
  expect(await personOf(knowing(ada), { forge: 'gitlab', identity, config })).toEqual({ forge: 'gitlab', id: '7', name: 'ada' });
});

test.each<[string, Person | undefined, RegExp]>([
  ['whom the forge does not know', undefined, /^gitlab knows no person with the user name ada: /],
  ['who is a bot', { ...ada, bot: true }, /^gitlab knows no person/],
  ['who is blocked', { ...ada, active: false }, /^The account ada at gitlab is blocked\.$/],
  ['whom the provider knows under another number', { ...ada, id: '8' }, /^gitlab knows ada as somebody else than the provider does\.$/],
])('nobody comes in %s', async (_, person, why) => {
  const found = personOf(knowing(person), { forge: 'gitlab', identity: { name: 'ada', id: '7' }, config });
  await expect(found).rejects.toThrow(LoginRefused);
  await expect(found).rejects.toThrow(why);
});

test('where a forge has no environment there is nothing to log in for', async () => {
  const whom = { forge: 'other', identity: { name: 'ada' }, config };
  await expect(personOf(knowing(ada), whom)).rejects.toThrow('There is nothing to see for people of other');
  await expect(personOf(undefined, { ...whom, forge: 'gitlab' })).rejects.toThrow(LoginRefused);
});

test.each([
  ['gitlab', 'platform'],
  ['github', 'acme/a'],
])('an account of %s is looked for where its first environment is', async (forge, path) => {
  const asked: string[] = [];
  const person = async (...of: readonly string[]) => {
    asked.push(of.join(' '));
    return ada;
  };
  await personOf({ person }, { forge, identity: { name: 'ada' }, config });
  expect(asked).toEqual([`${path} ada`]);
});
