import { mayRevoke } from '../../../src/access/end/may-revoke.ts';
import type { AccessSettings } from '../../../src/access/settings.ts';
import type { Person } from '../../../src/domain/access-forge.ts';
import type { ForgeUser } from '../../../src/domain/forge-user.ts';
import { grantOf } from '../../support/builders/grants.ts';

const user = (name: string, id = name, bot = false): ForgeUser => ({ id, name, bot });
const people = new Map<string, Person>(
  ['lead', 'alice', 'bob', 'gone', 'robot', 'vaultlead'].map((name) => [
    name,
    { ...user(name, name, name === 'robot'), active: name !== 'gone', emails: [] },
  ]),
);
const forge = {
  person: async (_: string, name: string) => people.get(name),
  members: async (_: string, group: string) => (group === 'payments/team' ? [user('carol'), user('robot', 'robot', true)] : undefined),
};
const settings: AccessSettings = {
  levels: { readonly: 'view', developer: 'edit', admin: 'lockkeeper-admin' },
  rules: { approvers: ['lead', 'gone', 'robot', 'bob#9', '@no/such'], approvals: 1, maxDurationMs: 1 },
  policies: [{ environments: [], namespaces: ['vault'], levels: [], approvers: ['vaultlead'] }],
  groups: { team: '@payments/team' },
  protected: [],
  expireAfterMs: 1,
  dwellMs: 1,
  merge: 'service',
  guards: 'required',
};

test.each([
  ['an approver', user('lead'), {}, true],
  ['whoever holds it', user('alice'), {}, true],
  ['somebody else', user('eve'), {}, false],
  ['somebody else of that name', user('lead', 'another'), {}, false],
  ['a bot of that name', user('lead', 'lead', true), {}, false],
  ['a bot that app.yml names', user('robot'), {}, false],
  ['an approver who was blocked', user('gone'), {}, false],
  ['another than the one that app.yml pins', user('bob'), {}, false],
  ['one of the group that holds it', user('carol'), { subject: { kind: 'group', name: 'team' } }, true],
  ['one of no group that app.yml knows', user('carol'), { subject: { kind: 'group', name: 'toString' } }, false],
  ['an approver of other namespaces', user('lead'), { namespace: 'vault' }, false],
  ['the approver of this namespace', user('vaultlead'), { namespace: 'vault' }, true],
] as const)('%s may end it, or not', async (_, who, more, may) => {
  expect(await mayRevoke(forge, 'production', { grant: grantOf(more), settings }, who)).toBe(may);
});

test('where the forge cannot be asked nobody is let', async () => {
  const silent = { ...forge, person: () => Promise.reject(new Error('timed out')) };
  await expect(mayRevoke(silent, 'production', { grant: grantOf(), settings }, user('lead'))).rejects.toThrow('timed out');
});
