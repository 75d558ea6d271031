import { askedBy } from '../../../src/access/gate/asker.ts';
import type { GatedRequest } from '../../../src/domain/access-forge.ts';
import { user } from '../../support/builders/evidence.ts';

const bot = { id: 'id-bot', name: 'lockkeeper', bot: true };
const file = { path: 'access/billing/ada.yml' };

/** Newest first, as `id: message`. */
const asked = (commits: readonly string[], more: Partial<GatedRequest> = {}, opener = bot) => {
  const line = commits.map((one) => {
    const [sha = '', ...message] = one.split(': ');
    return { sha, message: message.join(': '), author: 'x', date: '2026-11-21T10:00:00Z', url: '' };
  });
  const request = { commit: line[0]?.sha ?? '', base: 'base', branch: 'lockkeeper-access/billing/ada-0123ab', ...more } as GatedRequest;
  return askedBy({ line: () => Promise.resolve({ commits: line, complete: true }) }, 'p', { request, opener, file });
};

test.each<
  readonly [name: string, commits: readonly string[], more: Partial<GatedRequest>, name_: string | undefined, others: readonly string[]]
>([
  ['its one commit', ['c1: access\n\nRequested-by: ada\n', 'base: x'], {}, 'ada', []],
  [
    'the newest of its commits',
    ['c2: x\n\nRequested-by: eve', 'c1: x\n\nRequested-by: ada', 'base: x\n\nRequested-by: linus'],
    {},
    'eve',
    ['ada'],
  ],
  ['nobody, where the newest names none', ['c2: x', 'c1: x\n\nRequested-by: ada', 'base: x'], {}, undefined, ['ada']],
  ['nobody on a branch of somebody else', ['c1: x\n\nRequested-by: ada', 'base: x'], { branch: 'mine' }, undefined, []],
  ['nobody in words that are none', ['c1: x\n\nrequested-by: ada\nNot Requested-by: ada\nRequested-by: a b', 'base: x'], {}, undefined, []],
  ['the first of several names', ['c1: x\n\nRequested-by: ada\nRequested-by: eve', 'base: x'], {}, 'ada', ['eve']],
  ['its commit after a merge', ['c1: x\n\nRequested-by: ada', 'm: Remove it', 'c0: x\n\nRequested-by: eve'], { base: 'c1' }, 'ada', []],
  ['nobody after a merge, where the newest names none', ['c2: x', 'c1: x\n\nRequested-by: ada'], { base: 'c2' }, undefined, []],
])('the bot asks on the word of %s', async (_, commits, more, name, others) => {
  expect(await asked(commits, more)).toEqual({ ...(name !== undefined && { name }), others });
});

test('a person asks by opening it, whatever commits say', async () => {
  expect(await asked(['c1: x\n\nRequested-by: eve'], {}, user('ada'))).toEqual({ name: 'ada', id: 'id-ada', others: [] });
});
