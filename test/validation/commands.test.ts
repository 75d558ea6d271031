import type { RequestComment } from '../../src/domain/request-forge.ts';
import { obeyComment } from '../../src/validation/commands.ts';

const repository = { forge: 'gitlab', path: 'environments/staging' };

async function said(text: string | undefined, { may = true, bot = false, edited = false, name = 'eve' } = {}) {
  const done: string[] = [];
  const comment: RequestComment | undefined =
    text === undefined ? undefined : { id: 7, text, edited, createdAt: '2026-11-21T12:00:00Z', author: { id: '3', name, bot } };
  const kinds = await obeyComment(
    {
      forge: {
        traits: { name: 'gitlab', type: 'gitlab', url: 'https://gitlab.example.com', descriptionLimit: 1000 },
        requestComment: async () => comment,
        mayWrite: async () => may,
        comment: async (_, id, key, reply) => void done.push(`!${id} ${key}: ${reply}`),
      },
      again: async (id) => void done.push(`judge !${id}`),
      unlock: async (id, by) => {
        done.push(`unlock !${id}`);
        return `released by ${by}`;
      },
      askForAccess: async (id, number) => void done.push(`ask for what comment ${number} of !${id} says`),
      reviewAccess: async (id) => void done.push(`review !${id}`),
    },
    repository,
    5,
    7,
  );
  return { kinds, done };
}

test.each<[string, string | undefined, Parameters<typeof said>[1], readonly RegExp[]]>([
  ['is done for those who may push', '/lockkeeper validate', {}, [/^judge !5$/]],
  ['is done once, however often it stands there', '/lockkeeper validate\n\n/lockkeeper validate', {}, [/^judge !5$/]],
  ['is told no to others', '/lockkeeper validate', { may: false }, [/^!5 refused: Thank you, eve\. Only those who may push/]],
  ['beside unlock', '/lockkeeper validate\n/lockkeeper unlock', {}, [/^unlock !5$/, /^!5 unlock: released by eve$/, /^judge !5$/]],
  ['is told no to others once, whatever they ask', '/lockkeeper validate\n/lockkeeper unlock', { may: false }, [/^!5 refused: /]],
  ['and help', '/lockkeeper validate\n/lockkeeper help', {}, [/^judge !5$/, /^!5 help: /]],
])('validate %s', async (_, text, options, expected) => {
  const { done } = await said(text, options);
  expect(done).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
});

test('unlock is done for those who may push, and answered', async () => {
  expect((await said('/lockkeeper unlock')).done).toEqual(['unlock !5', '!5 unlock: released by eve']);
  expect((await said('/lockkeeper unlock', { may: false })).done).toEqual([expect.stringMatching(/^!5 refused: Thank you, eve\./)]);
});

const commit = 'a'.repeat(40);

test.each<[string, string, Parameters<typeof said>[1], readonly (string | RegExp)[]]>([
  ['access is asked for', '/lockkeeper access admin billing for 2h because INC-1', {}, ['ask for what comment 7 of !5 says']],
  ['whoever may, which is looked at there', '/lockkeeper access x', { may: false }, ['ask for what comment 7 of !5 says']],
  ['once', '/lockkeeper access a\n/lockkeeper access b', {}, ['ask for what comment 7 of !5 says']],
  ['an approval has it looked at again', `/lockkeeper approve ${commit}`, { may: false }, ['review !5']],
  ['both', `/lockkeeper approve ${commit}\n\n/lockkeeper access x`, {}, ['review !5', 'ask for what comment 7 of !5 says']],
  ['and help', `/lockkeeper approve ${commit}\n/lockkeeper help`, {}, ['review !5', /^!5 help: [\s\S]*`\/lockkeeper approve COMMIT`/]],
  ['nothing of an edited one', '/lockkeeper access x', { edited: true }, []],
  ['nothing of a bot', `/lockkeeper approve ${commit}`, { bot: true }, []],
])('%s', async (_, text, options, expected) => {
  const { done } = await said(text, options);
  expect(done).toEqual(expected.map((one) => (typeof one === 'string' ? one : (expect.stringMatching(one) as string))));
});

test.each([
  '/lockkeeper',
  '/lockkeeper access',
  '/lockkeeper unlock now',
  '/lockkeeper help',
  '/lockkeeper valdate',
  '/lockkeeper validate --all',
  '/lockkeeper approve x',
])('%s is answered with what can be asked, whoever asks', async (text) => {
  const { done } = await said(text, { may: false });
  expect(done).toEqual([expect.stringMatching(/^!5 help: What can be asked[\s\S]*`\/lockkeeper validate` judges it again/) as string]);
});

test.each<[string, string | undefined, Parameters<typeof said>[1]]>([
  ['one that is gone', undefined, {}],
  ['one that was edited', '/lockkeeper validate', { edited: true }],
  ["a bot's", '/lockkeeper validate', { bot: true }],
  ['a quote', '> /lockkeeper validate', {}],
  ['talk', 'Did you try /lockkeeper validate?', {}],
])('nothing is done for %s', async (_, text, options) => expect(await said(text, options)).toEqual({ kinds: [], done: [] }));

test('a name calls nobody and is no markup', async () => {
  const { done } = await said('/lockkeeper validate', { may: false, name: '@all <b>!1' });
  expect(done[0]).not.toMatch(/@all|<b>|!1/);
});
